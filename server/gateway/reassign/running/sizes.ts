// Measures how far the copies of moving partitions are: DescribeLogDirs at the brokers that get them and at the leaders. Called by
// reassignments.ts once a second while something moves, for at most the partitions under way.
import { DESCRIBE_LOG_DIRS } from '../../../client/apis.ts';
import type { BrokerGate } from '../../../client/asking/per-broker.ts';
import { toNumber } from '../../../client/int64.ts';
import { partitionKey } from '../../../client/places.ts';
import type { Problem } from '../../../live/contract.ts';
import type { GatewayContext } from '../../context.ts';
import type { Run } from './run.ts';

/** Partitions measured at once; a cluster where others move more is measured in part. */
const MAX_MEASURED = 500;

/** Never throws: brokers that do not answer are problems, and their copies keep the last reading. */
export async function measureCopies(context: GatewayContext, gate: BrokerGate, run: Run): Promise<readonly Problem[]> {
  const moves = run.moving().slice(0, MAX_MEASURED);
  const wanted = new Map<number, Map<string, number[]>>();
  const want = (broker: number, topic: string, partition: number) => {
    const topics = wanted.get(broker) ?? new Map<string, number[]>();
    wanted.set(broker, topics);
    topics.set(topic, [...(topics.get(topic) ?? []), partition]);
  };
  const leaderOf = (topic: string, partition: number) =>
    context.metadata.topics.get(topic)?.partitions[partition]?.leader ?? null;
  for (const { topic, partition, adding } of moves) {
    const leader = leaderOf(topic, partition);
    if (adding.length === 0 || leader === null) continue;
    for (const broker of new Set([leader, ...adding])) want(broker, topic, partition);
  }
  const sizes = new Map<number, ReadonlyMap<string, number>>();
  const problems = await gate.askAll(wanted.keys(), 'the copies', async (broker) => {
    const topics = [...(wanted.get(broker) ?? [])].map(([name, partitions]) => ({ name, partitions }));
    sizes.set(broker, await sizesAt(context, broker, topics));
  });
  for (const move of moves) {
    const key = partitionKey(move.topic, move.partition);
    const leader = leaderOf(move.topic, move.partition);
    const leaderBytes = leader === null ? null : (sizes.get(leader)?.get(key) ?? null);
    if (move.adding.every((broker) => sizes.has(broker))) {
      run.measure(move, leaderBytes, (broker) => sizes.get(broker)?.get(key) ?? null);
    }
    const down = move.adding.filter((broker) => !context.metadata.brokers.has(broker));
    move.note = down.length === 0 ? null : `Waits for broker ${down.join(' and ')}, which is down.`;
  }
  return problems;
}

async function sizesAt(
  context: GatewayContext,
  broker: number,
  topics: { name: string; partitions: number[] }[],
): Promise<ReadonlyMap<string, number>> {
  const endpoint = context.metadata.endpointOf(broker);
  if (endpoint === null) throw new Error(`broker ${broker} has no known address`);
  const answer = await context.connections.request(endpoint, 'control', DESCRIBE_LOG_DIRS, topics);
  const sizes = new Map<string, number>();
  for (const directory of answer.results) {
    for (const { name, partitions } of directory.topics) {
      for (const { partitionIndex, partitionSize, isFutureKey } of partitions) {
        if (!isFutureKey) sizes.set(partitionKey(name, partitionIndex), toNumber(partitionSize));
      }
    }
  }
  return sizes;
}
