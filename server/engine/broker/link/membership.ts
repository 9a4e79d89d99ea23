// The broker's place in the cluster: registers, beats, registers again when the controller says so, and asks to leave
// (BrokerLifecycleManager). Whether it is fenced is read from the metadata log, like everything else.
import type { World } from '../../../kernel/world.ts';
import { ErrorCode, errorName } from '../../../protocol/errors.ts';
import { brokerRegistration } from '../../../protocol/schema/62-broker-registration.ts';
import { brokerHeartbeat } from '../../../protocol/schema/63-broker-heartbeat.ts';
import { brokerSetting } from '../../metadata/settings.ts';
import type { MetadataState } from '../../metadata/state.ts';
import type { BoundAddress, BrokerOptions } from '../../node.ts';
import { ConnectionError } from '../../rpc/connection.ts';
import { Backoff, Line, Pause } from './line.ts';

/** SecurityProtocol's numbers. */
const [PLAINTEXT, SASL_PLAINTEXT] = [0, 2];
const TIMEOUT_MS = 5000;
/** Between two heartbeats of a broker that wants to stop; woken earlier by the metadata log. */
const STOPPING_BEAT_MS = 100;
const SHUTDOWN_TIMEOUT_MS = 5000;

/** What the broker can show of its log folder: which it is, and in which epoch it was closed cleanly (−1: it was not). */
export interface FolderProof {
  readonly directoryId: string;
  readonly cleanShutdownEpoch: number;
}

export class Membership {
  readonly #world: World;
  readonly #options: BrokerOptions;
  readonly #advertised: BoundAddress;
  readonly #state: MetadataState;
  readonly #folder: FolderProof;
  readonly #incarnationId: string;
  readonly #line: Line;
  readonly #pause: Pause;
  readonly #backoff: Backoff;
  /** Called once when the broker can never become a member: one clear line. */
  readonly #onRefused: (reason: string) => void;
  #epoch = -1;
  #lastRefusal = 0;
  readonly #granted = Promise.withResolvers<void>();
  #shutdown: 'no' | 'asked' | 'granted' = 'no';
  #isStopped = false;

  constructor(
    world: World,
    options: BrokerOptions,
    o: { advertised: BoundAddress; state: MetadataState; folder: FolderProof; onRefused: (reason: string) => void },
  ) {
    this.#world = world;
    this.#options = options;
    this.#advertised = o.advertised;
    this.#state = o.state;
    this.#folder = o.folder;
    this.#onRefused = o.onRefused;
    this.#incarnationId = world.random.uuid();
    this.#line = new Line(world, options.controller, `broker-${options.nodeId}-heartbeat`);
    this.#pause = new Pause(world);
    this.#backoff = new Backoff(world);
  }

  /** −1 while not registered. */
  get epoch(): number {
    return this.#epoch;
  }
  /** Registered by this process, and the image says that it may serve. */
  get isServing(): boolean {
    const self = this.#state.brokers.get(this.#options.nodeId);
    return self !== undefined && this.#epoch >= 0 && self.epoch === this.#epoch && !self.isFenced;
  }

  /** The image moved: a heartbeat may have news to carry. */
  metadataChanged(): void {
    const isWaitingForIt = this.#shutdown === 'asked' || (this.#epoch >= 0 && !this.isServing);
    if (isWaitingForIt && this.#state.offset >= this.#epoch) this.#pause.wake();
  }

  /** Resolves when stopped; rejects only for a bug. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const delayMs = this.#epoch < 0 ? await this.#register() : await this.#beat();
        if (delayMs > 0) await this.#pause.wait(delayMs);
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        if (this.#isStopped) return;
        this.#world.log.debug(`heartbeat: ${error.message}`);
        // A controller that is gone grants nothing: there is no use in waiting for it.
        if (this.#shutdown === 'asked') this.#grant();
        await this.#pause.wait(this.#backoff.nextMs());
      }
    }
  }

  /** Controlled shutdown, then the end of the loop. Resolves within 5 s. */
  async leave(): Promise<void> {
    if (this.#epoch >= 0 && this.#shutdown === 'no') {
      this.#shutdown = 'asked';
      this.#pause.wake();
      const cancelTimer = this.#world.timers.after(SHUTDOWN_TIMEOUT_MS, () => this.#grant());
      await this.#granted.promise;
      cancelTimer();
    }
    this.#isStopped = true;
    this.#line.close();
    this.#pause.wake();
  }
  /** By the controller, or because there is none to ask. */
  #grant(): void {
    this.#shutdown = 'granted';
    this.#granted.resolve();
  }

  async #register(): Promise<number> {
    if (this.#shutdown !== 'no') {
      this.#grant();
      return SHUTDOWN_TIMEOUT_MS;
    }
    const { nodeId, clusterId, rack } = this.#options;
    const { host, port, sasl } = this.#advertised;
    const listeners = [{ name: 'PLAINTEXT', host, port, securityProtocol: PLAINTEXT }];
    if (sasl !== undefined) listeners.push({ ...sasl, name: 'SASL_PLAINTEXT', securityProtocol: SASL_PLAINTEXT });
    const answer = await this.#line.send(
      brokerRegistration,
      {
        brokerId: nodeId,
        clusterId,
        incarnationId: this.#incarnationId,
        listeners,
        rack,
        logDirs: [this.#folder.directoryId],
        previousBrokerEpoch: this.#folder.cleanShutdownEpoch,
      },
      TIMEOUT_MS,
    );
    if (answer.errorCode === ErrorCode.NONE) {
      this.#epoch = answer.brokerEpoch;
      this.#lastRefusal = 0;
      return 0;
    }
    this.#refused(answer.errorCode);
    return this.#backoff.nextMs();
  }
  #refused(errorCode: number): void {
    const { nodeId, clusterId } = this.#options;
    if (errorCode === ErrorCode.INCONSISTENT_CLUSTER_ID) {
      this.#onRefused(`broker ${nodeId} belongs to cluster ${clusterId}, its controller to another one`);
    }
    if (errorCode === this.#lastRefusal) return;
    this.#lastRefusal = errorCode;
    this.#world.log.warn(`registration refused: ${errorName(errorCode)}; trying again`);
  }

  /** How long to wait before the next one. */
  async #beat(): Promise<number> {
    const answer = await this.#line.send(
      brokerHeartbeat,
      {
        brokerId: this.#options.nodeId,
        brokerEpoch: this.#epoch,
        currentMetadataOffset: this.#state.offset,
        wantFence: false,
        wantShutDown: this.#shutdown !== 'no',
      },
      TIMEOUT_MS,
    );
    if (answer.errorCode !== ErrorCode.NONE) {
      this.#world.log.info(`heartbeat answered ${errorName(answer.errorCode)}: registering again`);
      this.#epoch = -1;
      return this.#backoff.nextMs();
    }
    this.#backoff.reset();
    if (answer.shouldShutDown) this.#grant();
    if (this.#shutdown === 'asked') return STOPPING_BEAT_MS;
    return Number(brokerSetting(this.#state, this.#options, 'broker.heartbeat.interval.ms'));
  }
}
