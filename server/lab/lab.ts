// LabControl: what people do to the nodes of the embedded cluster, what happens then, and the one timeline that tells both. Made by
// main.ts beside the gateway; called by live/. It touches nodes through ClusterLab and learns of partitions through readings.
import type { ClientRow, ClusterLab, FaultOrder, LabNode, LinkFault, SlowDisk } from '../engine/cluster.ts';
import type { LabAction, LabVerb, LabView } from '../live/contract.ts';
import { type LabClock, systemClock } from './clock.ts';
import { FaultDesk } from './fault-desk.ts';
import { changesBetween, type Placement } from './placement.ts';
import { Readings } from './readings.ts';
import { type RollingOutcome, restartAll } from './rolling-restart.ts';
import { Timeline } from './timeline.ts';
import { type LabParts, labView } from './view.ts';

/** live/ may know the lab's types only. */
export type { ClientRow };

export interface LabOptions {
  readonly nodes: ClusterLab;
  /** A reading at most `maxAgeMs` old; rejects when no broker answers. */
  readonly placement: (maxAgeMs: number) => Promise<Placement>;
  /** Has the cluster forget a broker for good (UnregisterBroker). */
  readonly unregister: (brokerId: number) => Promise<void>;
  readonly clock?: LabClock;
}

/** What was asked for does not go now: one sentence for a person. */
export class LabRefusal extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LabRefusal';
  }
}

export interface LabWatch {
  read(): LabView;
  close(): void;
}

export interface LabControl {
  /** Rejects with NodeStateError, NodeStartError or LabRefusal, each with a sentence. */
  act(verb: LabVerb, nodeId: number): Promise<void>;
  /** Begins; rejects with LabRefusal when an action runs or a broker is down. Gives the number of brokers. */
  rollingRestart(): number;
  /** False when nothing runs. */
  cancel(): boolean;
  /** Gives its id when it serves. Rejects as act does. */
  addBroker(rack: string | null): Promise<number>;
  /** Stops it, has the cluster forget it, deletes its folder. Rejects with LabRefusal while it holds replicas. */
  removeBroker(nodeId: number): Promise<void>;
  /** Null heals both ways. Throws NodeStateError, as the other faults do. */
  setLink(from: number, to: number, fault: LinkFault | null): void;
  slowDisk(nodeId: number, disk: SlowDisk | null): void;
  addFault(order: FaultOrder, durationMs: number): number;
  endFault(id: number): boolean;
  endAllFaults(): number;
  watch(onChange: () => void): LabWatch;
  /** Connections of clients at the running brokers, as these count them. */
  clients(): Promise<readonly ClientRow[]>;
  close(): Promise<void>;
}

export function createLab(options: LabOptions): LabControl {
  return new Lab(options);
}

const nameOf = (id: number, role: LabNode['role']): string =>
  role === 'controller' ? 'the controller' : `broker ${id}`;
const BY_PERSON = 'asked for in the lab';
const BY_ROLLING = 'rolling restart';
const BY_ADDING = 'added in the lab';
const BY_REMOVAL = 'it leaves the cluster for good';
const NAMED_PARTITIONS = 3;

class Lab implements LabControl {
  readonly #nodes: ClusterLab;
  readonly #readPlacement: LabOptions['placement'];
  readonly #unregister: LabOptions['unregister'];
  readonly #desk: FaultDesk;
  readonly #clock: LabClock;
  readonly #timeline: Timeline;
  readonly #watchers = new Set<() => void>();
  readonly #since = new Map<number, { readonly state: LabNode['state']; readonly atMs: number }>();
  /** Why a node is about to change, set around each verb. */
  readonly #causes = new Map<number, string>();
  readonly #readings: Readings;
  readonly #parts: LabParts;
  #action: LabAction | null = null;
  #running: Promise<void> | null = null;
  #isCancelled = false;
  /** A broker that is on its way in or out: one at a time, and no rolling restart meanwhile. */
  #membership: 'added' | 'removed' | null = null;
  #view: LabView | null = null;
  readonly #endOfNodes: () => void;

  constructor({ nodes, placement, unregister, clock = systemClock }: LabOptions) {
    this.#nodes = nodes;
    this.#readPlacement = placement;
    this.#unregister = unregister;
    this.#clock = clock;
    const roles = new Map(nodes.nodes().map(({ id, role }) => [id, role]));
    const nameOfNode = (id: number) => nameOf(id, roles.get(id) ?? 'broker');
    this.#timeline = new Timeline(nameOfNode);
    this.#desk = new FaultDesk({
      faults: nodes.faults,
      timeline: this.#timeline,
      nowMs: () => clock.nowMs(),
      nameOf: nameOfNode,
      onChange: () => this.#changed(),
    });
    this.#readings = new Readings({
      clock,
      read: placement,
      isWatched: () => this.#watchers.size > 0 || this.#action !== null,
      onLook: () => this.#lookAtFaults(),
      onReading: (before, now) => this.#tellChanges(before, now),
      onProblem: () => this.#changed(),
    });
    this.#parts = {
      nodes,
      readings: this.#readings,
      desk: this.#desk,
      timeline: this.#timeline,
      sinceMs: (id) => this.#since.get(id)?.atMs ?? 0,
    };
    for (const { id, state } of nodes.nodes()) this.#since.set(id, { state, atMs: clock.nowMs() });
    this.#endOfNodes = nodes.onChange((node) => this.#onNode(node));
    this.#readings.lookNow();
  }

  async act(verb: LabVerb, nodeId: number): Promise<void> {
    await this.#act(verb, nodeId, BY_PERSON);
  }

  rollingRestart(): number {
    const brokers = this.#nodes.nodes().filter(({ role }) => role === 'broker');
    if (this.#action !== null) throw new LabRefusal('A rolling restart is under way: wait for its end, or cancel it.');
    this.#mustBeSettled();
    const down = brokers.find(({ state }) => state !== 'running');
    if (down !== undefined) throw new LabRefusal(`Broker ${down.id} is ${down.state}: start it first.`);
    const brokerIds = brokers.map(({ id }) => id);
    this.#isCancelled = false;
    this.#running = restartAll({
      brokerIds,
      stop: (id) => this.#act('stop', id, BY_ROLLING),
      start: (id) => this.#act('start', id, BY_ROLLING),
      placement: () => this.#readPlacement(0),
      nowMs: () => this.#clock.nowMs(),
      sleep: (delayMs) => new Promise((resolve) => this.#clock.after(delayMs, resolve)),
      isCancelled: () => this.#isCancelled,
      onProgress: (progress) => {
        this.#action = { ...progress, isCancelling: this.#isCancelled };
        this.#changed();
      },
    }).then((outcome) => this.#endAction(outcome, brokerIds.length));
    this.#timeline.note(`A rolling restart of ${brokerIds.length} brokers began.`, 'notice', this.#clock.nowMs());
    this.#changed();
    return brokerIds.length;
  }

  cancel(): boolean {
    if (this.#action === null) return false;
    this.#isCancelled = true;
    this.#action = { ...this.#action, isCancelling: true };
    this.#changed();
    return true;
  }

  async addBroker(rack: string | null): Promise<number> {
    if (this.#action !== null) throw new LabRefusal('A rolling restart is under way: add a broker after it.');
    this.#mustBeSettled();
    this.#membership = 'added';
    const id = await this.#nodes.addBroker({ rack }).finally(() => {
      this.#membership = null;
    });
    this.#causes.delete(id);
    this.#readings.outdate();
    this.#changed();
    return id;
  }

  async removeBroker(nodeId: number): Promise<void> {
    const node = this.#nodes.nodes().find(({ id, role }) => id === nodeId && role === 'broker');
    if (node === undefined) throw new LabRefusal(`There is no broker ${nodeId} in this cluster.`);
    if (this.#action !== null) throw new LabRefusal('A rolling restart is under way: remove a broker after it.');
    if (this.#nodes.nodes().filter(({ role }) => role === 'broker').length === 1) {
      throw new LabRefusal(`Broker ${nodeId} is the last one: a cluster needs a broker.`);
    }
    this.#mustBeSettled();
    this.#membership = 'removed';
    try {
      await this.#remove(node);
    } finally {
      this.#membership = null;
    }
    this.#timeline.note(`Broker ${nodeId} was removed from the cluster.`, 'notice', this.#clock.nowMs(), BY_PERSON);
    this.#readings.outdate();
    this.#changed();
  }

  async #remove({ id: nodeId, state }: LabNode): Promise<void> {
    await this.#mustBeEmpty(nodeId);
    const isUp = state === 'running' || state === 'frozen';
    if (isUp) await this.#act('stop', nodeId, BY_REMOVAL);
    try {
      // A topic may have been made while it stopped.
      await this.#mustBeEmpty(nodeId);
      await this.#unregister(nodeId);
    } catch (error) {
      if (isUp) await this.#act('start', nodeId, 'it could not be removed');
      throw error;
    }
    await this.#nodes.removeBroker(nodeId);
    this.#since.delete(nodeId);
  }

  #mustBeSettled(): void {
    if (this.#membership === null) return;
    throw new LabRefusal(`A broker is being ${this.#membership}: wait until that is done.`);
  }

  /** Throws LabRefusal that says what it holds. */
  async #mustBeEmpty(nodeId: number): Promise<void> {
    const { topics } = await this.#readPlacement(0);
    const held = topics.flatMap(({ name, partitions }) =>
      partitions.flatMap(({ partition, replicas }) => (replicas.includes(nodeId) ? [`${name}-${partition}`] : [])),
    );
    if (held.length === 0) return;
    const some = held.slice(0, NAMED_PARTITIONS).join(', ');
    const more = held.length > NAMED_PARTITIONS ? ` and ${held.length - NAMED_PARTITIONS} more` : '';
    throw new LabRefusal(`Broker ${nodeId} holds replicas of ${some}${more}: drain it first, on the page Reassign.`);
  }

  setLink(from: number, to: number, fault: LinkFault | null): void {
    this.#desk.setLink(from, to, fault);
  }
  slowDisk(nodeId: number, disk: SlowDisk | null): void {
    this.#desk.slowDisk(nodeId, disk);
  }
  addFault(order: FaultOrder, durationMs: number): number {
    return this.#desk.addRule(order, durationMs);
  }
  endFault(id: number): boolean {
    return this.#desk.endRule(id);
  }
  endAllFaults(): number {
    return this.#desk.endAll();
  }

  watch(onChange: () => void): LabWatch {
    // Each watcher is a function of its own, so that two with the same callback are told apart.
    const watcher = () => onChange();
    this.#watchers.add(watcher);
    this.#readings.lookNow();
    return {
      read: () => {
        this.#view ??= labView(this.#parts, this.#action);
        return this.#view;
      },
      close: () => this.#watchers.delete(watcher),
    };
  }

  clients(): Promise<readonly ClientRow[]> {
    return this.#nodes.clients();
  }

  async close(): Promise<void> {
    this.#isCancelled = true;
    this.#endOfNodes();
    const closing = this.#readings.close();
    await this.#running;
    await closing;
  }

  async #act(verb: LabVerb, nodeId: number, cause: string): Promise<void> {
    const node = this.#nodes.nodes().find(({ id }) => id === nodeId);
    if (node === undefined) throw new LabRefusal(`There is no node ${nodeId} in this cluster.`);
    this.#causes.set(nodeId, cause);
    try {
      await this.#run(verb, node);
    } finally {
      this.#causes.delete(nodeId);
    }
  }

  async #run(verb: LabVerb, { id, role, state }: LabNode): Promise<void> {
    const isUp = state === 'running' || state === 'frozen';
    switch (verb) {
      case 'restart':
        if (isUp) await this.#nodes.stop(id);
        return this.#nodes.start(id);
      case 'wipe':
        if (role === 'controller') return this.#nodes.wipe(id);
        if (isUp) await this.#nodes.stop(id);
        await this.#nodes.wipe(id);
        this.#deed(id, 'notice', 'lost all it had stored');
        return this.#nodes.start(id);
      default:
        return this.#nodes[verb](id);
    }
  }

  #onNode({ id, state, reason }: LabNode): void {
    const before = this.#since.get(id);
    const nowMs = this.#clock.nowMs();
    if (this.#membership === 'added' && before === undefined) this.#causes.set(id, BY_ADDING);
    this.#since.set(id, { state, atMs: nowMs });
    switch (state) {
      case 'running': {
        if (before?.state === 'frozen') this.#deed(id, 'ok', 'was thawed');
        else this.#deed(id, 'ok', 'was started', `in ${nowMs - (before?.atMs ?? nowMs)} ms`);
        break;
      }
      case 'frozen':
        this.#deed(id, 'warn', 'was frozen');
        break;
      case 'stopped':
        this.#deed(id, 'warn', reason === 'killed' ? 'was killed' : 'was stopped');
        break;
      case 'failed':
        this.#deed(id, 'critical', `failed: ${(reason ?? '').split('\n')[0]}`);
        break;
      case 'stopping':
        this.#timeline.begin(id, 'began to stop', nowMs);
        break;
      case 'starting': // The outcome is the event.
    }
    this.#readings.outdate();
    this.#changed();
    this.#readings.lookNow();
  }

  #deed(nodeId: number, level: 'ok' | 'notice' | 'warn' | 'critical', what: string, detail?: string): void {
    const cause = this.#causes.get(nodeId) ?? 'by itself';
    const deed = { nodeId, level, what, cause };
    this.#timeline.deed(detail === undefined ? deed : { ...deed, detail }, this.#clock.nowMs());
  }

  #endAction(outcome: RollingOutcome, total: number): void {
    const seconds = ((this.#clock.nowMs() - (this.#action?.startedAtMs ?? this.#clock.nowMs())) / 1_000).toFixed(1);
    const many = `${outcome.restarted} of ${total} brokers restarted`;
    const [sentence, level] =
      outcome.kind === 'failed'
        ? ([`The rolling restart ended early: ${outcome.reason}; ${many}.`, 'critical'] as const)
        : outcome.kind === 'done'
          ? ([`The rolling restart is done: ${many} in ${seconds} s.`, 'ok'] as const)
          : ([`The rolling restart was cancelled: ${many}.`, 'notice'] as const);
    this.#timeline.note(sentence, level, this.#clock.nowMs());
    this.#action = null;
    this.#changed();
  }

  #changed(): void {
    this.#view = null;
    for (const watcher of this.#watchers) watcher();
  }

  /** Rules count their hits and end by themselves. */
  #lookAtFaults(): void {
    if (!this.#desk.isLive) return;
    this.#desk.rules();
    this.#changed();
  }

  #tellChanges(before: Placement | null, now: Placement): void {
    if (before !== null) {
      const nowMs = this.#clock.nowMs();
      for (const change of changesBetween(before, now)) this.#timeline.change(change, nowMs);
    }
    this.#changed();
  }
}
