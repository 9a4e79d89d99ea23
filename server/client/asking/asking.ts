// What a question to a cluster is asked with. KafkaClient is one; the functions beside this file take no more than this.
import type { Connections } from '../connections.ts';
import type { ClusterMetadata } from '../metadata.ts';
import type { Suspects } from './per-broker.ts';

export interface Asking {
  readonly connections: Connections;
  readonly metadata: ClusterMetadata;
  /** Brokers that were silent when they were last asked. */
  readonly suspects: Suspects;
}
