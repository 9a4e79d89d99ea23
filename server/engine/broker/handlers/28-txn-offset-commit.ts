// 28 TxnOffsetCommit, versions 0–6. KIP-98: positions that count once the transaction is committed; KIP-447: the member and its
// generation from v3; KIP-890: from v5 on the group becomes part of the transaction by this alone. KIP-1319:
// topics by id in v6, and the words of OffsetCommit for groups and members.
import type { RequestOf } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { txnOffsetCommit } from '../../../protocol/schema/28-txn-offset-commit.ts';
import { OFFSETS_TOPIC } from '../../metadata/topic-name.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { toWriterError } from '../transactions/transaction-partitions.ts';
import { verifies } from '../transactions/unseen-transactions.ts';

type Request = RequestOf<typeof txnOffsetCommit>;

const ADDS_BY_WRITING_SINCE_VERSION = 5;
const ABORTABLE_SINCE_VERSION = 4;
const LOADING_SINCE_VERSION = 2;

export function txnOffsetCommitHandler(broker: Broker): Handler {
  return serve(txnOffsetCommit, async (request, { apiVersion }) => {
    if (request.groupId === '') return failed(request, ErrorCode.INVALID_GROUP_ID, apiVersion);
    // Nobody is given such an id, and this is not the number that was sent.
    if (request.producerId === Number.MAX_SAFE_INTEGER)
      return failed(request, ErrorCode.INVALID_PRODUCER_ID_MAPPING, apiVersion);
    const count = broker.controller.image.topics.get(OFFSETS_TOPIC)?.partitions.length ?? 0;
    if (count === 0) return failed(request, ErrorCode.COORDINATOR_NOT_AVAILABLE, apiVersion);
    const partition = broker.groups.partitionOf(request.groupId);
    const replica = broker.replicas.leaderFor(OFFSETS_TOPIC, partition, -1);
    if (typeof replica === 'number') return failed(request, ErrorCode.NOT_COORDINATOR, apiVersion);
    const { log } = replica;
    if (log.hasOpenTransaction(request.producerId, request.producerEpoch)) {
      return broker.groups.commitTransactionalOffsets(request, apiVersion);
    }
    const verification = log.verifications.begin(request.producerId, request.producerEpoch);
    try {
      const errorCode = await ask(broker, request, partition, apiVersion);
      if (errorCode !== ErrorCode.NONE) return failed(request, errorCode, apiVersion);
      if (!log.verifications.isValid(verification)) return failed(request, ErrorCode.INVALID_TXN_STATE, apiVersion);
      return await broker.groups.commitTransactionalOffsets(request, apiVersion);
    } finally {
      log.verifications.end(verification);
    }
  });
}

async function ask(broker: Broker, request: Request, partition: number, apiVersion: number): Promise<number> {
  const addsByWriting = apiVersion >= ADDS_BY_WRITING_SINCE_VERSION;
  if (!addsByWriting && !verifies(broker)) return ErrorCode.NONE;
  const { transactionalId, producerId, producerEpoch } = request;
  const partitions = new Map([[OFFSETS_TOPIC, new Set([partition])]]);
  const verb = addsByWriting ? 'add' : 'verify';
  const codeOf = await broker.transactionPartitions[verb]({ transactionalId, producerId, producerEpoch }, partitions);
  const knowsAbortable = apiVersion >= ABORTABLE_SINCE_VERSION;
  const errorCode = toWriterError(codeOf(OFFSETS_TOPIC, partition), { knowsAbortable, addsByWriting });
  return errorCode === ErrorCode.NOT_ENOUGH_REPLICAS ? ErrorCode.COORDINATOR_NOT_AVAILABLE : errorCode;
}

function failed(request: Request, errorCode: number, apiVersion: number) {
  const isLoading = errorCode === ErrorCode.COORDINATOR_LOAD_IN_PROGRESS && apiVersion < LOADING_SINCE_VERSION;
  const code = isLoading ? ErrorCode.COORDINATOR_NOT_AVAILABLE : errorCode;
  const topics = request.topics.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code })),
  }));
  return { topics };
}
