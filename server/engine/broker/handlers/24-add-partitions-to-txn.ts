// 24 AddPartitionsToTxn, versions 0–5. KIP-98; v4 on is between brokers (KIP-890): many transactions at once, and asking only
// whether partitions are part of one. A partition that does not exist fails the whole transaction's request.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { addPartitionsToTxn } from '../../../protocol/schema/24-add-partitions-to-txn.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { fencingCode } from '../transactions/fencing.ts';
import { askHere, type CodeOf, type TransactionalWriter } from '../transactions/transaction-partitions.ts';

type Request = RequestOf<typeof addPartitionsToTxn>;
type Topics = Request['v3AndBelowTopics'];
type TopicResults = NonNullable<ResponseInput<typeof addPartitionsToTxn>['resultsByTopicV3AndBelow']>;

const BETWEEN_BROKERS_SINCE_VERSION = 4;
const FENCED_SINCE_VERSION = 2;

export function addPartitionsToTxnHandler(broker: Broker): Handler {
  return serve(addPartitionsToTxn, async (request, { apiVersion }) => {
    if (apiVersion < BETWEEN_BROKERS_SINCE_VERSION) {
      const writer = {
        transactionalId: request.v3AndBelowTransactionalId,
        producerId: request.v3AndBelowProducerId,
        producerEpoch: request.v3AndBelowProducerEpoch,
      };
      const topics = request.v3AndBelowTopics;
      const codeOf = await ask(broker, writer, topics, false, apiVersion);
      return { resultsByTopicV3AndBelow: resultsOf(topics, codeOf) };
    }
    const answers = request.transactions.map(async ({ topics, verifyOnly, ...writer }) => {
      const codeOf = await ask(broker, writer, topics, verifyOnly, apiVersion);
      return { transactionalId: writer.transactionalId, topicResults: resultsOf(topics, codeOf) };
    });
    return { resultsByTransaction: await Promise.all(answers) };
  });
}

async function ask(
  broker: Broker,
  writer: TransactionalWriter,
  topics: Topics,
  isVerifyOnly: boolean,
  apiVersion: number,
): Promise<CodeOf> {
  const { image } = broker.controller;
  const isThere: (topic: string, partition: number) => boolean = (topic, partition) =>
    image.topics.get(topic)?.partitions[partition] !== undefined;
  if (!topics.every(({ name, partitions }) => partitions.every((partition) => isThere(name, partition)))) {
    return (topic, partition) =>
      isThere(topic, partition) ? ErrorCode.OPERATION_NOT_ATTEMPTED : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
  }
  const partitions = new Map(topics.map((topic) => [topic.name, new Set(topic.partitions)]));
  const codeOf =
    apiVersion >= BETWEEN_BROKERS_SINCE_VERSION
      ? await askHere(broker.transactions, writer, partitions, isVerifyOnly)
      : await addFor(broker, writer, partitions);
  return (topic, partition) => fencingCode(codeOf(topic, partition), apiVersion >= FENCED_SINCE_VERSION);
}
async function addFor(broker: Broker, writer: TransactionalWriter, partitions: Map<string, Set<number>>) {
  const { transactionalId, ...producer } = writer;
  const errorCode = await broker.transactions.addPartitions(transactionalId, {
    ...producer,
    partitions,
    clientVersion: 0,
  });
  return () => errorCode;
}

function resultsOf(topics: Topics, codeOf: CodeOf): TopicResults {
  return topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: codeOf(name, partitionIndex),
    })),
  }));
}
