// What people do to topics: create, delete, add partitions, delete records, and what deleting would lose. Each call checks
// its arguments against the metadata first, so that the refusal says how to mend it. Called by feature.ts.
import { CREATE_PARTITIONS, DELETE_RECORDS, DELETE_TOPICS } from '../../client/apis.ts';
import { BrokerGate } from '../../client/asking/per-broker.ts';
import type { ClusterError } from '../../client/errors.ts';
import {
  errorBody,
  invalidArgument,
  kafkaError,
  kafkaErrorName,
  throwIfError,
  toClusterError,
} from '../../client/errors.ts';
import { toNumber } from '../../client/int64.ts';
import { chosenPartitions } from '../../client/metadata.ts';
import { ELECT_LEADERS, UNCLEAN } from '../../client/reassignment-apis.ts';
import { MAX_PARTITIONS } from '../../client/topics.ts';
import type { CallArgs, CallResult } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';

const TIMEOUT_MS = 20_000;

export async function createTopic(
  context: GatewayContext,
  args: CallArgs<'topic.create'>,
): Promise<CallResult<'topic.create'>> {
  await context.client.createTopic(args);
  return { name: args.name };
}

export async function deleteTopic(
  context: GatewayContext,
  args: CallArgs<'topic.delete'>,
): Promise<CallResult<'topic.delete'>> {
  const { name } = args;
  await context.metadata.topic(name);
  const answer = await context.client.askController(DELETE_TOPICS, [{ name, topicId: null }], TIMEOUT_MS);
  const result = answer.responses[0];
  throwIfError(result?.errorCode ?? -1, `Deleting ${name} failed`, result?.errorMessage ?? null);
  await context.metadata.refresh();
  return { name };
}

export async function topicImpact(
  context: GatewayContext,
  args: CallArgs<'topic.impact'>,
): Promise<CallResult<'topic.impact'>> {
  const topic = await context.metadata.topic(args.name);
  context.figures.follow(context.metadata);
  const wanted = [{ topic: topic.name, partitions: null }];
  await Promise.all([
    context.offsets.sample(new BrokerGate(), 'latest', wanted),
    context.offsets.sample(new BrokerGate(), 'earliest', wanted),
    context.logDirs.sampleTopic(new BrokerGate(), topic),
    context.groupReader.readAll(),
  ]);
  const figures = context.figures.of(topic.name);
  const groups = [...context.groups.details()]
    .filter(([, detail]) => detail.topics().has(topic.name))
    .map(([groupId, detail]) => ({ groupId, state: detail.sample?.state ?? 'Unknown' }));
  return { records: figures?.records() ?? null, sizeBytes: figures?.totalSizeBytes() ?? null, groups };
}

export async function addPartitions(
  context: GatewayContext,
  args: CallArgs<'topic.addPartitions'>,
): Promise<CallResult<'topic.addPartitions'>> {
  const { name, totalCount } = args;
  const topic = await context.metadata.topic(name);
  const current = topic.partitions.length;
  if (!Number.isInteger(totalCount) || totalCount <= current || totalCount > MAX_PARTITIONS) {
    throw invalidArgument(
      `${name} has ${current} partitions; the new count must be larger (and at most ${MAX_PARTITIONS}).`,
    );
  }
  const answer = await context.client.askController(
    CREATE_PARTITIONS,
    [{ name, count: totalCount, assignments: null }],
    TIMEOUT_MS,
    false,
  );
  const result = answer.results[0];
  throwIfError(result?.errorCode ?? -1, `Adding partitions to ${name} failed`, result?.errorMessage ?? null);
  await context.metadata.refresh();
  return { totalCount };
}

/** Per partition an outcome: one that fails does not stop the others. */
export async function deleteRecords(
  context: GatewayContext,
  args: CallArgs<'topic.deleteRecords'>,
): Promise<CallResult<'topic.deleteRecords'>> {
  const topic = await context.metadata.topic(args.name);
  chosenPartitions(
    topic,
    args.before.map(({ partition }) => partition),
  );
  const byLeader = Map.groupBy(args.before, ({ partition }) => topic.partitions[partition]?.leader ?? null);
  const outcomes = await Promise.all(
    [...byLeader].map(([leader, before]) => deleteAtLeader(context, args.name, leader, before)),
  );
  return { partitions: outcomes.flat().sort((left, right) => left.partition - right.partition) };
}

type DeleteOutcome = CallResult<'topic.deleteRecords'>['partitions'][number];

async function deleteAtLeader(
  context: GatewayContext,
  name: string,
  leader: number | null,
  before: readonly { partition: number; offset: number }[],
): Promise<DeleteOutcome[]> {
  const what = `Deleting records of ${name} failed`;
  const failAll = (error: ClusterError): DeleteOutcome[] =>
    before.map(({ partition }) => ({ partition, startOffset: null, error: errorBody(error) }));
  const endpoint = leader === null ? null : context.metadata.endpointOf(leader);
  if (endpoint === null) return failAll(kafkaError(5, what));
  try {
    const partitions = before.map(({ partition, offset }) => ({ partitionIndex: partition, offset: BigInt(offset) }));
    const answer = await context.connections.request(
      endpoint,
      'admin',
      DELETE_RECORDS,
      [{ name, partitions }],
      TIMEOUT_MS,
    );
    return (answer.topics[0]?.partitions ?? []).map(({ partitionIndex, lowWatermark, errorCode }) => ({
      partition: partitionIndex,
      startOffset: errorCode === 0 ? toNumber(lowWatermark) : null,
      error: errorCode === 0 ? null : errorBody(kafkaError(errorCode, `Partition ${partitionIndex}`)),
    }));
  } catch (error) {
    return failAll(toClusterError(error, what));
  }
}

/** Kafka's UNCLEAN election. @throws ClusterError */
export async function electAnyway(
  context: GatewayContext,
  { name, partitions }: CallArgs<'topic.electAnyway'>,
): Promise<CallResult<'topic.electAnyway'>> {
  const what = `Electing leaders of ${name} failed`;
  const targets = partitions.map((partition) => ({ topic: name, partition }));
  const answer = await context.client.askController(ELECT_LEADERS, UNCLEAN, targets, TIMEOUT_MS);
  throwIfError(answer.errorCode, what, answer.errorMessage);
  const left = answer.partitions
    .filter(({ errorCode }) => errorCode !== 0 && kafkaErrorName(errorCode) !== 'ELECTION_NOT_NEEDED')
    .map(({ partition, errorCode, errorMessage }) => ({
      partition,
      reason: kafkaError(errorCode, `Partition ${partition} has no leader still`, errorMessage).message,
    }));
  return { elected: partitions.length - left.length, left };
}
