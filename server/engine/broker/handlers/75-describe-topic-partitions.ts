// 75 DescribeTopicPartitions, version 0. KIP-966: topics by name in order, at most max.request.partition.size.limit partitions a
// page, a cursor to go on.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { describeTopicPartitions } from '../../../protocol/schema/75-describe-topic-partitions.ts';
import type { MetadataImage, PartitionImage, TopicImage } from '../../metadata/image.ts';
import { isInternalTopic, problemWithTopicName } from '../../metadata/topic-name.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { type Asker, describePartition, TOPIC_OPERATIONS } from '../topic-description.ts';

type Request = RequestOf<typeof describeTopicPartitions>;
type Response = ResponseInput<typeof describeTopicPartitions>;
type TopicAnswer = NonNullable<Response['topics']>[number];

export function describeTopicPartitionsHandler(broker: Broker): Handler {
  return serve(describeTopicPartitions, (request, { connection }) => {
    if ((request.cursor?.partitionIndex ?? 0) < 0) return badCursor(request);
    const most = Number(broker.setting('max.request.partition.size.limit'));
    return onePage(broker.controller.image, request, { most, listener: connection.listener, knowsListeners: true });
  });
}

/** The whole request is at fault: nothing is said of its topics. */
function badCursor({ topics }: Request): Response {
  return { topics: topics.map(({ name }) => ({ errorCode: ErrorCode.INVALID_REQUEST, name })), nextCursor: null };
}

/** `most`: partitions in one page. */
function onePage(image: MetadataImage, request: Request, asker: Asker & { readonly most: number }): Response {
  const { cursor } = request;
  let room = Math.max(1, Math.min(request.responsePartitionLimit, asker.most));
  const topics: TopicAnswer[] = [];
  for (const name of namesFrom(image, request)) {
    const first = cursor?.topicName === name ? cursor.partitionIndex : 0;
    if (room === 0) return { topics, nextCursor: { topicName: name, partitionIndex: first } };
    const topic = image.topics.get(name);
    if (topic === undefined) {
      topics.push(unknown(name));
      continue;
    }
    const last = Math.min(topic.partitions.length, first + room);
    const partitions = topic.partitions.slice(first, last);
    topics.push(describe(image, topic, partitions, asker));
    room -= Math.max(0, last - first);
    if (last < topic.partitions.length) return { topics, nextCursor: { topicName: name, partitionIndex: last } };
  }
  return { topics, nextCursor: null };
}

function namesFrom(image: MetadataImage, request: Request): string[] {
  const asked = request.topics.length === 0 ? image.topics.keys() : request.topics.map((topic) => topic.name);
  const from = request.cursor?.topicName ?? '';
  // By code unit, as Java compares strings: a cursor must mean the same on every page.
  return [...new Set(asked)].filter((name) => name >= from).sort();
}

function unknown(name: string): TopicAnswer {
  const errorCode =
    problemWithTopicName(name) === null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.INVALID_TOPIC_EXCEPTION;
  return { errorCode, name, isInternal: isInternalTopic(name), topicAuthorizedOperations: TOPIC_OPERATIONS };
}

function describe(
  image: MetadataImage,
  topic: TopicImage,
  partitions: readonly PartitionImage[],
  asker: Asker,
): TopicAnswer {
  return {
    name: topic.name,
    topicId: topic.topicId,
    isInternal: isInternalTopic(topic.name),
    partitions: partitions.map((partition) => ({
      ...describePartition(image, partition, asker),
      eligibleLeaderReplicas: partition.eligibleLeaderReplicas,
      lastKnownElr: partition.lastKnownElr,
    })),
    topicAuthorizedOperations: TOPIC_OPERATIONS,
  };
}
