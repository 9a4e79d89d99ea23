// What the lab may ask of a node and do to it, as plain data that crosses threads: clients, faults of links, disks and requests.
// host/ carries it, broker/ and rpc/ serve it. Nothing here runs.

/** One connection of a client, as the broker sees it. Connections of other brokers' replica fetchers are not among them. */
export interface ClientRow {
  readonly brokerId: number;
  /** Unique on its broker while that runs. */
  readonly connectionId: number;
  /** '' when the client gives none. */
  readonly clientId: string;
  /** "apache-kafka-java 4.2.0"; '' when it did not say. */
  readonly software: string;
  /** "127.0.0.1:51234" */
  readonly address: string;
  readonly connectedAtMs: number;
  /** When its last request came. */
  readonly activeAtMs: number;
  /** At most 100 of each kind, 20 groups. Sorted. */
  readonly topicsProduced: readonly string[];
  readonly topicsFetched: readonly string[];
  readonly groupIds: readonly string[];
  /** Since it connected: differences of two readings are rates. */
  readonly producedRecords: number;
  readonly producedBytes: number;
  /** Whole answers to Fetch. */
  readonly fetchedBytes: number;
}

/** A cut link carries nothing, and nobody is told: what is sent waits until the link is healed, as packets that are sent again. */
export type LinkFault =
  | { readonly kind: 'cut'; readonly oneWay: boolean }
  /** `delayMs` each way that is hit: 1 to 60,000. */
  | { readonly kind: 'delay'; readonly delayMs: number; readonly oneWay: boolean };

/** Added to each append to a log and to each flush: 0 to 1,000 and 0 to 10,000. An append stops the whole broker for that long. */
export interface SlowDisk {
  readonly appendMs: number;
  readonly flushMs: number;
}

/** What happens to the bytes that go one way over a link. */
export type WayFault = { readonly kind: 'cut' } | { readonly kind: 'delay'; readonly delayMs: number };

/** One link as the node at one end has it: for connections that it opens. The other node has the same for those it opens. */
export interface LinkRule {
  /** Where the other node listens: nodes of a cluster share a machine, so the port names the node. */
  readonly port: number;
  /** Towards the other node, and back from it. */
  readonly out: WayFault | null;
  readonly back: WayFault | null;
}

export type FaultAction =
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** The request is not carried out, and the answer carries this error. */
  | { readonly kind: 'error'; readonly errorCode: number }
  /** The connection is closed without an answer. */
  | { readonly kind: 'drop' };

/** Which requests of clients something happens to. In the patterns `*` stands for any text. */
export interface FaultOrder {
  readonly clientId: string;
  /** Kafka's name of the API, such as "Produce"; null: every API. */
  readonly api: string | null;
  /** null: also requests that name no topic. */
  readonly topic: string | null;
  readonly action: FaultAction;
  /** How many requests at all brokers together; null: every one. */
  readonly times: number | null;
}
export interface FaultRule extends FaultOrder {
  readonly id: number;
  /** By the wall clock. From then on it does nothing. */
  readonly expiresAtMs: number;
  /** One cell each, shared by all nodes and the lab: how many requests are left (-1: no limit), and how many were hit. */
  readonly left: Int32Array<SharedArrayBuffer>;
  readonly hits: Int32Array<SharedArrayBuffer>;
}

/** All that the lab does to one node. A node that starts again gets it again: a restart heals no cable and no disk. */
export interface NodeFaults {
  readonly links: readonly LinkRule[];
  readonly disk: SlowDisk | null;
  readonly rules: readonly FaultRule[];
}
export const NO_FAULTS: NodeFaults = { links: [], disk: null, rules: [] };

/** The lab's door into a running broker. */
export interface NodeLab {
  /** At most 1,000, those that produce, fetch or belong to a group first. */
  clients(): readonly ClientRow[];
  /** In place of all earlier ones. The first that fits a request is carried out. */
  setRules(rules: readonly FaultRule[]): void;
}
