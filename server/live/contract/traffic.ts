// Test traffic: producers and consumers that run in this server.
import type { Sampled } from './parts.ts';

export interface TrafficProducer {
  readonly id: string;
  readonly topic: string;
  readonly recordsPerSecond: number;
  readonly recordBytes: number;
  readonly keys: number;
  readonly acks: 0 | 1 | -1;
  readonly startedAtMs: number;
  readonly stopsAtMs: number;
  readonly sent: number;
  readonly failed: number;
  readonly lastError: string | null;
}
export interface TrafficConsumer {
  readonly id: string;
  readonly topic: string;
  readonly groupId: string;
  readonly members: number;
  /** Over all members. 0 reads as fast as it can. */
  readonly recordsPerSecond: number;
  readonly startedAtMs: number;
  readonly stopsAtMs: number;
  readonly read: number;
  readonly lastError: string | null;
}
export interface TrafficView extends Sampled {
  readonly producers: readonly TrafficProducer[];
  readonly consumers: readonly TrafficConsumer[];
}
