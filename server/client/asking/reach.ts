// Asks brokers that lead nothing whether they are there: nobody else asks them, and the cluster notices that one is gone only when its
// session is over. Decides nothing.
import type { Problem } from '../../live/contract.ts';
import { METADATA } from '../apis.ts';
import type { ClusterMetadata } from '../metadata.ts';
import type { Asking } from './asking.ts';
import type { BrokerGate } from './per-broker.ts';

/** Who did not answer. Never throws. */
export function askIdle(
  { metadata, connections }: Pick<Asking, 'metadata' | 'connections'>,
  gate: BrokerGate,
): Promise<readonly Problem[]> {
  return gate.askAll(idleBrokers(metadata), 'the sizes of the replicas', async (brokerId) => {
    const endpoint = metadata.endpointOf(brokerId);
    // No topics: an answer of a few bytes.
    if (endpoint !== null) await connections.request(endpoint, 'control', METADATA, [], false, false);
  });
}

/** Brokers that are said to be up and lead no partition. */
export function idleBrokers({ brokers, topics }: Pick<ClusterMetadata, 'brokers' | 'topics'>): readonly number[] {
  const idle = new Set(brokers.keys());
  for (const { partitions } of topics.values()) {
    for (const { leader } of partitions) if (leader !== null) idle.delete(leader);
    if (idle.size === 0) break;
  }
  return [...idle];
}
