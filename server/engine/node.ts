// What starting a node takes and gives, for brokers and the controller alike. host/ supplies the real World; a simulation may
// supply another. Nothing here runs.
import type { NodeLab } from './lab.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a node listens: its port, and the one for clients that authenticate where it has one. */
export interface BoundAddress extends Address {
  readonly sasl?: Address;
}

export interface NodeOptions {
  /** Brokers are 1, 2, 3, …; the controller is 3000. */
  readonly nodeId: number;
  /** Base64url of 16 bytes, the same for all nodes of a cluster. */
  readonly clusterId: string;
  /** Where the node listens and what it advertises. Port 0 picks a free one. */
  readonly listen: Address;
  /** The node's own folder: log dir of a broker, metadata log of the controller. */
  readonly folder: string;
  /** Static settings by Kafka's names, such as "group.initial.rebalance.delay.ms". */
  readonly settings: Readonly<Record<string, string>>;
}
export interface BrokerOptions extends NodeOptions {
  readonly controller: Address;
  readonly rack: string | null;
  /** A second listener, SASL_PLAINTEXT. Port 0 picks a free one. */
  readonly saslListen?: Address;
}

export interface RunningNode {
  readonly address: BoundAddress;
  /** Orderly: answers what is in flight, flushes, writes the clean-shutdown marker. Bounded by `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
  /** Brokers have one. */
  readonly lab?: NodeLab;
}

export const CONTROLLER_ID = 3000;
