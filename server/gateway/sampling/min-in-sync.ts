// What min.insync.replicas is, for the topics that miss a replica: below it their partitions refuse writes with acks=all. Read by
// samplers.ts, and only while a topic misses one.
import { ConfigResourceTypes, DESCRIBE_CONFIGS } from '../../client/apis.ts';
import type { Connections } from '../../client/connections.ts';
import type { ClusterMetadata } from '../../client/metadata.ts';
import { underReplicatedPartitions } from '../model/partitions.ts';

const SETTING = 'min.insync.replicas';
/** One request; of more topics nothing is said. */
const MAX_TOPICS = 500;

/** By name of the topic; those that the broker does not describe (no permission) are left out. @throws when none answers */
export async function readMinInSync(
  connections: Pick<Connections, 'request'>,
  metadata: ClusterMetadata,
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  const names = [...metadata.topics.values()].filter((topic) => underReplicatedPartitions(topic) > 0);
  if (names.length === 0) return found;
  const resources = names.slice(0, MAX_TOPICS).map(({ name }) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: name,
    configurationKeys: [SETTING],
  }));
  const answer = await connections.request(metadata.anyBroker(), 'control', DESCRIBE_CONFIGS, resources, false, false);
  for (const { resourceName, errorCode, configs } of answer.results) {
    const value = Number(configs.find(({ name }) => name === SETTING)?.value ?? Number.NaN);
    if (errorCode === 0 && Number.isInteger(value)) found.set(resourceName, value);
  }
  return found;
}
