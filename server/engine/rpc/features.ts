// The versioned features of KIP-584 that a node has earned: each comes with the API that serves it, so that what is advertised is
// what is served. Read by api-versions.ts.
import type { Handler } from './handler.ts';

export interface Feature {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** The level in force. */
  readonly level: number;
  /** API key and version without which there is no such feature. */
  readonly needs: { readonly apiKey: number; readonly version: number };
}

const END_TXN = 26;
const CONSUMER_GROUP_HEARTBEAT = 68;

/** By Kafka's names. */
const FEATURES: readonly Feature[] = [
  // The consumer group protocol (KIP-848).
  {
    name: 'group.version',
    minVersion: 0,
    maxVersion: 1,
    level: 1,
    needs: { apiKey: CONSUMER_GROUP_HEARTBEAT, version: 0 },
  },
  // An epoch for each transaction, partitions added by writing (KIP-890).
  { name: 'transaction.version', minVersion: 0, maxVersion: 2, level: 2, needs: { apiKey: END_TXN, version: 5 } },
];

export function featuresOf(handlers: Iterable<Handler>): Feature[] {
  const served = new Map<number, number>();
  for (const { api, versions } of handlers) served.set(api.key, versions.max);
  return FEATURES.filter(({ needs }) => (served.get(needs.apiKey) ?? -1) >= needs.version);
}
