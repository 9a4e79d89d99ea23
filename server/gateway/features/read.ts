// Asks every broker which features it serves (ApiVersions) and one of them for the cluster's id (DescribeCluster). The levels in force
// are those of the answer with the highest epoch: a broker may hear of a change a moment after another. Called by feature.ts.
import { API_VERSIONS, DESCRIBE_CLUSTER } from '../../client/apis.ts';
import type { KafkaClient } from '../../client/client.ts';
import { toNumber } from '../../client/int64.ts';
import type { Problem } from '../../live/contract.ts';

/** Seen by brokers as the software of this program, as in every other request. */
const SOFTWARE = ['barnabas', '1'] as const;

export interface BrokerFeatures {
  readonly brokerId: number;
  readonly supported: readonly { readonly name: string; readonly minVersion: number; readonly maxVersion: number }[];
}
export interface KnownFeatures {
  readonly clusterId: string | null;
  /** null: no broker has answered. */
  readonly finalizedEpoch: number | null;
  readonly finalized: ReadonlyMap<string, number>;
  readonly brokers: readonly BrokerFeatures[];
  readonly problems: readonly Problem[];
}

/** @throws ClusterError when no broker answers */
export async function readFeatures(client: KafkaClient): Promise<KnownFeatures> {
  await client.metadata.fresh(5_000);
  const { clusterId } = await client.askAny(DESCRIBE_CLUSTER, false, 1);
  const brokers: BrokerFeatures[] = [];
  let finalizedEpoch: number | null = null;
  let finalized: ReadonlyMap<string, number> = new Map();
  const problems = await client.gate().askAll(client.metadata.brokers.keys(), 'the features', async (brokerId) => {
    const answer = await client.askBroker(brokerId, 'control', API_VERSIONS, ...SOFTWARE);
    brokers.push({ brokerId, supported: answer.supportedFeatures ?? [] });
    const epoch = toNumber(answer.finalizedFeaturesEpoch ?? -1n);
    if (epoch < (finalizedEpoch ?? 0)) return;
    finalizedEpoch = epoch;
    finalized = new Map((answer.finalizedFeatures ?? []).map(({ name, maxVersionLevel }) => [name, maxVersionLevel]));
  });
  brokers.sort((left, right) => left.brokerId - right.brokerId);
  return { clusterId, finalizedEpoch, finalized, brokers, problems };
}
