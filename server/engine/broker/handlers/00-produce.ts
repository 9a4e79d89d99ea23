// 0 Produce, versions 3–13. KIP-98 (idempotence), KIP-360, KIP-467 (per-record errors, v8), KIP-516 (topic ids, v13), KIP-951
// (new leader in the answer, v10). Everything from the frame to the moved end offset is synchronous. acks=0 sends no response and
// closes the connection on any error, acks=1 answers at once, acks=all when all in-sync replicas have the records: with one
// replica that is at once too.
// A transaction's first write to a partition waits for the transaction coordinator (KIP-890): it says whether the partition is part
// of the transaction, or makes it so (v12 on).
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { BATCH_HEADER_BYTES, Codec, compressionOf, isTransactional, MAGIC } from '../../../protocol/records/batch.ts';
import { produce } from '../../../protocol/schema/00-produce.ts';
import { isInternalTopic } from '../../metadata/topic-name.ts';
import type { Answer, Handler, RequestContext } from '../../rpc/handler.ts';
import { CLOSE_CONNECTION, NO_RESPONSE, serve } from '../../rpc/handler.ts';
import type { Refusal } from '../../storage/outcome.ts';
import type { Broker } from '../broker.ts';
import { endpointsOf } from '../endpoints.ts';
import type { Replica } from '../replica.ts';
import { whenAllDone } from '../replication/when-all.ts';
import { unseenTransactions, type Verdicts, verdictMessage, verifies } from '../transactions/unseen-transactions.ts';

type Request = RequestOf<typeof produce>;
type Response = ResponseInput<typeof produce>;
type TopicAnswer = NonNullable<Response['responses']>[number];
type PartitionAnswer = NonNullable<TopicAnswer['partitionResponses']>[number];
/** One partition's answer that waits for its records to be committed. */
interface Waiting {
  readonly replica: Replica;
  readonly lastOffset: number;
  readonly answer: PartitionAnswer;
}
/** What the partitions of one request share. */
interface Turn {
  readonly broker: Broker;
  readonly request: Request;
  readonly context: RequestContext;
  /** With acks=all only. */
  readonly waiting: Waiting[];
  /** Of the transaction coordinator, where it was asked. */
  readonly verdicts: Verdicts | null;
}
type PartitionRequest = Request['topicData'][number]['partitionData'][number];

/** KIP-110: clients that do not know zstd speak older versions. */
const ZSTD_SINCE_VERSION = 7;
/** Kafka's admin tools may write to internal topics under this client id. */
const ADMIN_CLIENT_ID = '__admin_client';
/** acks: every in-sync replica has the records. */
const ALL = -1;
/** Kafka takes these for a fault that says nothing of the log: no start offset with them (ReplicaManager.appendRecordsToLeader). */
const WITHOUT_START_OFFSET: ReadonlySet<number> = new Set([
  ErrorCode.CORRUPT_MESSAGE,
  ErrorCode.MESSAGE_TOO_LARGE,
  ErrorCode.RECORD_LIST_TOO_LARGE,
  ErrorCode.KAFKA_STORAGE_ERROR,
]);
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;

export function produceHandler(broker: Broker): Handler {
  const handler = serve(produce, (request, context): HandlerAnswer | Promise<HandlerAnswer> => {
    const unseen = unseenTransactions(broker, request, context.apiVersion);
    if (unseen === null) return write({ broker, request, context, waiting: [], verdicts: null });
    return unseen.then((verdicts) => write({ broker, request, context, waiting: [], verdicts }));
  });
  // The log has written the batches to its file when it answers, and keeps none of their bytes.
  return { ...handler, releasesRequest: true };
}

type HandlerAnswer = Answer<typeof produce.response.fields>;

function write(turn: Turn): HandlerAnswer | Promise<HandlerAnswer> {
  const { request } = turn;
  const responses = request.topicData.map((topic) => answerTopic(turn, topic));
  turn.verdicts?.end();
  if (request.acks === 0) return responses.some(hasError) ? CLOSE_CONNECTION : NO_RESPONSE;
  if (turn.waiting.length === 0) return answerOf(turn, responses);
  return whenCommitted(turn).then(() => answerOf(turn, responses));
}

function answerOf({ broker, context }: Turn, responses: TopicAnswer[]): Answer<typeof produce.response.fields> {
  const nodeEndpoints = endpointsOf(broker.controller.image, newLeaders(responses), context.connection);
  return { responses, nodeEndpoints };
}

/** Resolves when every partition's records are committed or will not be; the answers say which. */
async function whenCommitted({ broker, request, context, waiting }: Turn): Promise<void> {
  const { replicas, world } = broker;
  const outcomes = await whenAllDone(
    { world, context },
    waiting.map(
      ({ replica, lastOffset }) =>
        (done) =>
          replicas.whenCommitted(replica, lastOffset, done),
    ),
    request.timeoutMs,
  );
  waiting.forEach(({ replica, answer }, i) => {
    const errorCode = outcomes[i] ?? ErrorCode.NONE;
    if (errorCode === ErrorCode.NONE) return;
    Object.assign(answer, failed(errorCode));
    if (errorCode !== ErrorCode.NOT_LEADER_OR_FOLLOWER) return;
    Object.assign(answer, { currentLeader: leaderOf(broker, replica.topic, replica.partition) });
  });
}

const hasError = (topic: TopicAnswer): boolean =>
  topic.partitionResponses?.some((partition) => partition.errorCode !== ErrorCode.NONE) === true;

function newLeaders(topics: readonly TopicAnswer[]): number[] {
  const leaders: number[] = [];
  for (const topic of topics) {
    for (const partition of topic.partitionResponses ?? []) {
      const leader = partition.currentLeader?.leaderId ?? -1;
      if (leader !== -1) leaders.push(leader);
    }
  }
  return leaders;
}

function answerTopic(turn: Turn, topic: Request['topicData'][number]): TopicAnswer {
  const { broker, request, context } = turn;
  const isById = context.apiVersion >= 13;
  const name = isById ? broker.controller.image.topicsById.get(topic.topicId)?.name : topic.name;
  const refusal = name === undefined ? failed(ErrorCode.UNKNOWN_TOPIC_ID) : refusalOf(name, request, context);
  const partitionResponses = topic.partitionData.map((partition) =>
    refusal === null && name !== undefined ? appendTo(turn, name, partition) : { ...refusal, index: partition.index },
  );
  return { name: topic.name, topicId: topic.topicId, partitionResponses };
}

/** What makes every partition of the topic fail, or null. */
function refusalOf(topic: string, request: Request, context: RequestContext): PartitionAnswer | null {
  if (request.acks < -1 || request.acks > 1) return failed(ErrorCode.INVALID_REQUIRED_ACKS);
  if (isInternalTopic(topic) && context.clientId !== ADMIN_CLIENT_ID) {
    return failed(
      ErrorCode.INVALID_TOPIC_EXCEPTION,
      `Topic ${topic} belongs to the cluster: clients may not write to it`,
    );
  }
  return null;
}

function failed(errorCode: ErrorCode, errorMessage: string | null = null): PartitionAnswer {
  return { errorCode, errorMessage, baseOffset: -1 };
}

function appendTo(turn: Turn, topic: string, partition: PartitionRequest): PartitionAnswer {
  const { broker, request, context } = turn;
  const { index, records } = partition;
  const replica = broker.replicas.leaderFor(topic, index, -1);
  if (typeof replica === 'number') return { index, ...failed(replica), currentLeader: leaderOf(broker, topic, index) };
  if (records === null)
    return { index, ...failed(ErrorCode.INVALID_RECORD, 'A produce request holds one record batch') };
  const refusal = refusalOfBatch(records, context.apiVersion, request.transactionalId);
  if (refusal !== null) return { ...refusal, index };
  if (request.acks === ALL && !broker.replicas.hasEnoughInSync(replica)) return { index, ...tooFew(replica) };
  return append(turn, replica, records);
}

function tooFew({ leadership, log }: Replica): PartitionAnswer {
  const inSync = leadership?.inSyncReplicas.join(', ') ?? '';
  return failed(
    ErrorCode.NOT_ENOUGH_REPLICAS,
    `The in-sync replicas are ${inSync}: fewer than min.insync.replicas, ${log.config.minInSyncReplicas}`,
  );
}

function append({ broker, request, waiting, verdicts }: Turn, replica: Replica, records: Buffer): PartitionAnswer {
  const index = replica.partition;
  const verdict = verdicts?.of(replica) ?? ErrorCode.NONE;
  if (verdict !== ErrorCode.NONE) return { index, ...failed(verdict, verdictMessage(verdict)) };
  const isVerified = verdicts?.isVerified(replica) ?? !verifies(broker);
  const outcome = broker.replicas.append(replica, records, 'client', isVerified);
  if (outcome.kind === 'refused') return { index, ...refusedByLog(replica, outcome) };
  const answer = {
    index,
    errorCode: ErrorCode.NONE,
    baseOffset: outcome.baseOffset,
    logAppendTimeMs: outcome.logAppendTimeMs,
    logStartOffset: outcome.startOffset,
  };
  if (request.acks === ALL && outcome.lastOffset >= replica.highWatermark) {
    waiting.push({ replica, lastOffset: outcome.lastOffset, answer });
  }
  return answer;
}

function refusedByLog({ log }: Replica, refusal: Refusal): PartitionAnswer {
  const isOfLog = refusal.isMisshapen !== true && !WITHOUT_START_OFFSET.has(refusal.errorCode);
  return {
    ...failed(refusal.errorCode, refusal.message),
    ...(isOfLog && { logStartOffset: log.startOffset }),
    recordErrors: refusal.recordErrors.map(({ batchIndex, message }) => ({
      batchIndex,
      batchIndexErrorMessage: message,
    })),
  };
}

/** What depends on the request's version; everything else is judged by the log. */
function refusalOfBatch(records: Buffer, version: number, transactionalId: string | null): PartitionAnswer | null {
  if (records.length < BATCH_HEADER_BYTES || records.readInt8(MAGIC_AT) !== MAGIC) return null;
  const attributes = records.readInt16BE(ATTRIBUTES_AT);
  if (version < ZSTD_SINCE_VERSION && compressionOf(attributes) === Codec.zstd) {
    return failed(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, `Produce version ${version} does not allow zstd`);
  }
  if (isTransactional(attributes) && transactionalId === null) {
    const message = 'A transactional batch needs a transactional id';
    return failed(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, message);
  }
  return null;
}

function leaderOf(broker: Broker, topic: string, partition: number) {
  const known = broker.controller.image.topics.get(topic)?.partitions[partition];
  return { leaderId: known?.leader ?? -1, leaderEpoch: known?.leaderEpoch ?? -1 };
}
