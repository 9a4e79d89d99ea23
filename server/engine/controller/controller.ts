// The controller's one writer: decide, append, replay, wake who waits. Synchronous from the decision to the replayed state, so no
// two commands interleave. handlers.ts calls it; it knows nothing of requests' bytes or sockets.
import { assert } from '../../kernel/assert.ts';
import type { CancelTimer, World } from '../../kernel/world.ts';
import type { ControllerView, Permits } from '../metadata/decision.ts';
import { type CommandName, type Commands, decide } from '../metadata/machine.ts';
import { QuotaLimits } from '../metadata/quota-limits.ts';
import { brokerSetting } from '../metadata/settings.ts';
import { MetadataState } from '../metadata/state.ts';
import { MAX_ELECTIONS_PER_RUN } from '../metadata/verbs/partitions/balance-leaders.ts';
import type { NodeOptions } from '../node.ts';
import type { ClientConnection } from '../rpc/handler.ts';
import { MetadataLog } from './metadata-log.ts';
import { MutationQuotas } from './mutation-quotas.ts';
import { Sessions } from './sessions.ts';

/** Sessions are looked at this many times within their length, so that clients see another leader soon after it is over. */
const CHECKS_PER_SESSION = 30;

export class Controller {
  readonly world: World;
  readonly sessions = new Sessions();
  readonly log: MetadataLog;
  readonly mutationQuotas: MutationQuotas;
  readonly #state: MetadataState;
  readonly #view: ControllerView;
  /** Run after every append and whenever a broker reports progress or goes; each takes itself out. */
  readonly #watchers = new Set<() => void>();
  isClosing = false;
  #cancelCheck: CancelTimer = () => {};
  #cancelBalance: CancelTimer = () => {};

  private constructor(world: World, options: NodeOptions) {
    this.world = world;
    this.#state = new MetadataState(options.clusterId);
    this.mutationQuotas = new MutationQuotas(world.clock, new QuotaLimits(() => this.#state.clientQuotas));
    this.log = MetadataLog.open(world, options.folder, this.#state);
    this.#view = {
      state: this.#state,
      sessions: this.sessions.all,
      settings: options,
      newUuid: () => world.random.uuid(),
    };
  }

  /** Throws DiskError or DecodeError when the metadata log cannot be read. */
  static async open(world: World, options: NodeOptions): Promise<Controller> {
    const controller = new Controller(world, options);
    controller.log.onDurable = () => controller.progressed();
    await controller.log.compactIfLong(controller.#state);
    // What an earlier process wrote may not be on disk yet, and brokers are about to read it.
    await controller.log.flush();
    for (const broker of controller.#state.brokers.values()) controller.sessions.expect(broker.id, controller.#nowMs());
    controller.#checkLater();
    controller.#balanceLater(controller.#balanceIntervalMs());
    return controller;
  }

  /** Decides and makes it so; the answer is due once `offset` is on disk, where that matters. */
  run<K extends CommandName>(
    command: K,
    request: Commands[K]['request'],
    permits: Permits | null = null,
  ): { readonly reply: Commands[K]['reply']; readonly hasChanged: boolean; readonly offset: number } {
    const { records, reply } = decide(
      permits === null ? this.#view : { ...this.#view, permits },
      command,
      request,
      this.#nowMs(),
    );
    if (records.length > 0) {
      const base = this.log.append(records);
      assert(base === this.#state.offset + 1, 'the log ends where the state stands');
      for (const [index, record] of records.entries()) this.#state.replay(record, base + index);
      this.#state.takeDelta();
      this.progressed();
    }
    return { reply, hasChanged: records.length > 0, offset: this.#state.offset };
  }

  get state(): MetadataState {
    return this.#state;
  }

  touch(brokerId: number, connection: ClientConnection): void {
    this.sessions.touch(brokerId, connection, this.#nowMs());
  }
  begin(brokerId: number, connection: ClientConnection): void {
    this.sessions.begin(brokerId, connection, this.#nowMs());
  }

  /** Calls those who wait for the log to grow or for brokers to follow. */
  progressed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Resolves with true once `isDone()`, asked at every step of progress, or with false after `timeoutMs`. */
  until(isDone: () => boolean, timeoutMs: number, onCancel: (cancel: () => void) => void = () => {}): Promise<boolean> {
    if (isDone()) return Promise.resolve(true);
    if (timeoutMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (outcome: boolean) => {
        cancelTimer();
        this.#watchers.delete(watcher);
        resolve(outcome);
      };
      const watcher = () => {
        if (isDone()) end(true);
      };
      const cancelTimer = this.world.timers.after(timeoutMs, () => end(false));
      this.#watchers.add(watcher);
      onCancel(() => end(false));
    });
  }

  /** Every broker that serves clients has applied the log up to `offset`. */
  hasReached(offset: number): boolean {
    for (const broker of this.#state.brokers.values()) {
      const session = this.sessions.all.get(broker.id);
      if (broker.isFenced || session?.isConnected !== true) continue;
      if (session.appliedOffset < offset) return false;
    }
    return true;
  }

  /** Parked fetches are answered at once from here on, and no broker is fenced any more. */
  release(): void {
    this.isClosing = true;
    this.#cancelCheck();
    this.#cancelBalance();
    this.progressed();
  }
  async close(): Promise<void> {
    this.release();
    await this.log.close();
  }

  #nowMs(): number {
    return this.world.clock.monotonicMs();
  }

  #checkLater(): void {
    const sessionMs = Number(brokerSetting(this.#state, this.#view.settings, 'broker.session.timeout.ms'));
    this.#cancelCheck = this.world.timers.after(Math.max(1, sessionMs / CHECKS_PER_SESSION), () => {
      const { reply } = this.run('fenceSilentBrokers', null);
      for (const id of reply) this.world.log.warn(`broker ${id} was not heard for ${sessionMs} ms: fenced`);
      this.#checkLater();
    });
  }

  #balanceIntervalMs(): number {
    return 1000 * Number(brokerSetting(this.#state, this.#view.settings, 'leader.imbalance.check.interval.seconds'));
  }
  #balanceLater(delayMs: number): void {
    this.#cancelBalance = this.world.timers.after(delayMs, () => {
      const { reply: elections } = this.run('balanceLeaders', null);
      if (elections > 0) this.world.log.info(`leaders of ${elections} partitions were put back in balance`);
      this.#balanceLater(elections < MAX_ELECTIONS_PER_RUN ? this.#balanceIntervalMs() : 0);
    });
  }
}
