// What the embedded cluster lets the lab see and do: its nodes one by one while the others run on, and faults of links, disks and
// requests. cluster.ts serves it, server/lab uses it. Types only.
import type { ClientRow, FaultOrder, FaultRule, LinkFault, SlowDisk } from './lab.ts';
import type { Address } from './node.ts';

export type NodeState = 'starting' | 'running' | 'frozen' | 'stopping' | 'stopped' | 'failed';

/** A link that does not carry as it should. With `oneWay` only what goes from `from` to `to` is hit. */
export interface FaultyLink {
  readonly from: number;
  readonly to: number;
  readonly fault: LinkFault;
}
export interface RuleState {
  readonly rule: FaultRule;
  readonly hits: number;
  /** null: no limit. */
  readonly left: number | null;
}
export interface LabNode {
  /** Brokers from 1; the controller is 3000. */
  readonly id: number;
  readonly role: 'broker' | 'controller';
  readonly state: NodeState;
  readonly rack: string | null;
  /** Why it is not running; null while it is. */
  readonly reason: string | null;
  /** Where it listens, or did when it last ran. */
  readonly address: Address | null;
}

/** The nodes one by one, while the others run on. Each verb rejects with NodeStateError when it does not fit the node's state. */
export interface ClusterLab {
  /** The controller last. */
  nodes(): readonly LabNode[];
  /** Called after every change of a node's state. Returns the end of it. */
  onChange(listener: (node: LabNode) => void): () => void;
  /** Orderly: leaders move away first. A frozen node is thawed for it. */
  stop(id: number): Promise<void>;
  /** Ends its thread at once, as a crash would. */
  kill(id: number): Promise<void>;
  /** On the port it had. Rejects with NodeStartError, and the node is then failed. */
  start(id: number): Promise<void>;
  /** Nothing of it runs, while its sockets stay open. */
  freeze(id: number): Promise<void>;
  thaw(id: number): Promise<void>;
  /** Empties the folder of a broker that is stopped or failed. */
  wipe(id: number): Promise<void>;
  /**
   * One more broker, with the next id, on kafkaPort + id − 1. A null rack is the next in turn. Gives its id when it serves. Rejects with
   * NodeStartError, for instance when that port is taken; nothing of it stays then.
   */
  addBroker(options: { readonly rack: string | null }): Promise<number>;
  /**
   * Takes a broker that is stopped or failed out of the data folder, with all it has kept. Whoever asks has moved its replicas and
   * unregistered it. Never the last one.
   */
  removeBroker(id: number): Promise<void>;
  readonly faults: LabFaults;
  /** The connections of clients at all running brokers; a broker that does not answer within a second is left out. */
  clients(): Promise<readonly ClientRow[]>;
}

/**
 * What is done to links, disks and requests; each replaces what was there, lasts over restarts of nodes and ends with the program.
 * Verbs throw NodeStateError when it cannot be done.
 */
export interface LabFaults {
  readonly links: readonly FaultyLink[];
  diskOf(nodeId: number): SlowDisk | null;
  rules(): readonly RuleState[];
  /** Null heals it, both ways. */
  setLink(from: number, to: number, fault: LinkFault | null): void;
  setDisk(nodeId: number, disk: SlowDisk | null): void;
  /** For 1 ms to 1 h. Gives its id. */
  addRule(order: FaultOrder, durationMs: number): number;
  /** False: there is none, or no more. */
  endRule(id: number): boolean;
  /** Gives how many there were. */
  endAll(): number;
  /** "NOT_LEADER_OR_FOLLOWER" */
  nameOfError(errorCode: number): string;
  /** What a rule may name, and whether it has topics and can answer an error. */
  readonly apis: readonly { readonly name: string; readonly namesTopics: boolean; readonly carriesErrors: boolean }[];
}
