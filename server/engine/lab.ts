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

/** The lab's door into a running broker. */
export interface NodeLab {
  /** At most 1,000, those that produce, fetch or belong to a group first. */
  clients(): readonly ClientRow[];
}
