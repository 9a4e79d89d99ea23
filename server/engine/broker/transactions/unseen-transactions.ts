// Which partitions of a produce request are written to in a transaction they have not seen yet, and what the transaction
// coordinator says of them (ReplicaManager.maybeSendPartitionsToTransactionCoordinator). Used by the Produce handler.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { BATCH_HEADER_BYTES, isTransactional, MAGIC, readBatchHeader } from '../../../protocol/records/batch.ts';
import type { Verification } from '../../storage/transactions/verifications.ts';
import type { Broker } from '../broker.ts';
import type { Replica } from '../replica.ts';
import { type TransactionalWriter, toWriterError } from './transaction-partitions.ts';

/** What of a produce request matters here. */
interface ProduceRequest {
  readonly transactionalId: string | null;
  readonly topicData: readonly {
    readonly name: string;
    readonly topicId: string;
    readonly partitionData: readonly { readonly index: number; readonly records: Buffer | null }[];
  }[];
}
interface Unseen {
  readonly replica: Replica;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  /** A later epoch has been here: told without asking, since the coordinator may not know the producer id any more. */
  readonly isFenced: boolean;
}
export interface Verdicts {
  /** NONE, also for partitions that were not asked about. */
  of(replica: Replica): ErrorCode;
  /** It was asked about, allowed, and no marker was written since. */
  isVerified(replica: Replica): boolean;
  /** The request was written. */
  end(): void;
}

const TOPIC_IDS_SINCE_VERSION = 13;
const ADDS_BY_WRITING_SINCE_VERSION = 12;
const ABORTABLE_SINCE_VERSION = 11;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;

export const verifies = (broker: Broker): boolean =>
  broker.setting('transaction.partition.verification.enable') === 'true';

/** null: nothing to ask, the request can be written at once. */
export function unseenTransactions(
  broker: Broker,
  request: ProduceRequest,
  apiVersion: number,
): Promise<Verdicts> | null {
  const { transactionalId } = request;
  if (transactionalId === null) return null;
  const addsByWriting = apiVersion >= ADDS_BY_WRITING_SINCE_VERSION;
  if (!addsByWriting && !verifies(broker)) return null;
  const all = unseenOf(broker, request, apiVersion);
  const [first] = all;
  if (first === undefined) return null;
  // A producer has one id and epoch at a time (ReplicaManager refuses a request with several).
  const isMixed = all.some((one) => one.producerId !== first.producerId || one.producerEpoch !== first.producerEpoch);
  const { producerId, producerEpoch } = first;
  const knowsAbortable = apiVersion >= ABORTABLE_SINCE_VERSION;
  const writer = { transactionalId, producerId, producerEpoch };
  return ask(broker, writer, all, { isMixed, addsByWriting, knowsAbortable });
}

function unseenOf(broker: Broker, request: ProduceRequest, apiVersion: number): Unseen[] {
  const all: Unseen[] = [];
  for (const topic of request.topicData) {
    const isById = apiVersion >= TOPIC_IDS_SINCE_VERSION;
    const name = isById ? broker.controller.image.topicsById.get(topic.topicId)?.name : topic.name;
    if (name === undefined) continue;
    for (const { index, records } of topic.partitionData) {
      const replica = broker.replicas.leaderFor(name, index, -1);
      const writes = typeof replica === 'number' || records === null ? null : transactionOf(records);
      if (writes === null || typeof replica === 'number') continue;
      const { producerId, producerEpoch } = writes;
      if (!replica.log.hasOpenTransaction(producerId, producerEpoch)) {
        all.push({ replica, ...writes, isFenced: replica.log.hasLaterEpoch(producerId, producerEpoch) });
      }
    }
  }
  return all;
}
function transactionOf(records: Buffer): Pick<Unseen, 'producerId' | 'producerEpoch' | 'baseSequence'> | null {
  // What is no batch is judged by the log.
  if (records.length < BATCH_HEADER_BYTES || records.readInt8(MAGIC_AT) !== MAGIC) return null;
  if (!isTransactional(records.readInt16BE(ATTRIBUTES_AT))) return null;
  try {
    return readBatchHeader(records, 0);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

async function ask(
  broker: Broker,
  writer: TransactionalWriter,
  all: readonly Unseen[],
  how: { readonly isMixed: boolean; readonly addsByWriting: boolean; readonly knowsAbortable: boolean },
): Promise<Verdicts> {
  const verifications = new Map<Replica, Verification>();
  const partitions = new Map<string, Set<number>>();
  const fenced = new Set(all.filter(({ isFenced }) => isFenced).map(({ replica }) => replica));
  for (const { replica, producerId, producerEpoch, baseSequence, isFenced } of all) {
    if (isFenced) continue;
    const firstSequence = how.addsByWriting ? 0 : baseSequence;
    verifications.set(replica, replica.log.verifications.begin(producerId, producerEpoch, firstSequence));
    const indexes = partitions.get(replica.topic) ?? new Set();
    partitions.set(replica.topic, indexes.add(replica.partition));
  }
  const end = (): void => {
    for (const [replica, verification] of verifications) replica.log.verifications.end(verification);
  };
  try {
    const isAsked = !how.isMixed && partitions.size > 0;
    const codeOf = !isAsked
      ? () => ErrorCode.INVALID_PRODUCER_ID_MAPPING
      : await broker.transactionPartitions[how.addsByWriting ? 'add' : 'verify'](writer, partitions);
    return {
      of(replica) {
        if (fenced.has(replica)) return ErrorCode.INVALID_PRODUCER_EPOCH;
        if (!verifications.has(replica)) return ErrorCode.NONE;
        return toWriterError(codeOf(replica.topic, replica.partition), how) as ErrorCode;
      },
      isVerified(replica) {
        const verification = verifications.get(replica);
        return verification !== undefined && replica.log.verifications.isValid(verification);
      },
      end,
    };
  } catch (error) {
    end();
    throw error;
  }
}

export function verdictMessage(errorCode: ErrorCode): string {
  switch (errorCode) {
    case ErrorCode.INVALID_TXN_STATE:
    case ErrorCode.TRANSACTION_ABORTABLE:
      return 'Partition was not added to the transaction';
    case ErrorCode.NOT_ENOUGH_REPLICAS:
      return 'The transaction coordinator could not be asked about this write: try again';
    case ErrorCode.CONCURRENT_TRANSACTIONS:
      return 'The transaction before is still ending: try again';
    default:
      return 'The transaction coordinator refuses this write';
  }
}
