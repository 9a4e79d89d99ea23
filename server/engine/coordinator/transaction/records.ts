// Records of __transaction_state in Kafka's format (TransactionLogKey, TransactionLogValue): one per transactional id, no value
// is a tombstone. Version 1 is written, 0 read as well.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { Reader } from '../../../protocol/reader.ts';
import type { NewRecord } from '../../../protocol/records/record.ts';
import { transactionLogKey, transactionLogValue } from '../../../protocol/schema/transaction-records.ts';
import { Writer } from '../../../protocol/writer.ts';
import { NO_EPOCH, STATES, type Transaction } from './transaction.ts';

const KEY_VERSION = 0;
const VALUE_VERSION = 1;

export function encodeTransaction(transaction: Transaction, timestampMs: number): NewRecord {
  const writer = new Writer();
  writer.int16(VALUE_VERSION);
  const hasPartitions = transaction.state !== 'Empty';
  transactionLogValue.write(writer, VALUE_VERSION, {
    producerId: transaction.producerId,
    previousProducerId: transaction.previousProducerId,
    nextProducerId: transaction.nextProducerId,
    producerEpoch: transaction.producerEpoch,
    transactionTimeoutMs: transaction.timeoutMs,
    transactionStatus: STATES.indexOf(transaction.state),
    transactionPartitions: hasPartitions
      ? [...transaction.partitions].map(([topic, partitions]) => ({ topic, partitionIds: [...partitions] }))
      : null,
    transactionLastUpdateTimestampMs: transaction.lastUpdateTimestampMs,
    transactionStartTimestampMs: transaction.startTimestampMs,
    clientTransactionVersion: transaction.clientVersion,
  });
  return { timestampMs, key: encodeKey(transaction.transactionalId), value: writer.toBuffer() };
}
export function encodeTombstone(transactionalId: string, timestampMs: number): NewRecord {
  return { timestampMs, key: encodeKey(transactionalId), value: null };
}
function encodeKey(transactionalId: string): Buffer {
  const writer = new Writer();
  writer.int16(KEY_VERSION);
  transactionLogKey.write(writer, KEY_VERSION, { transactionalId });
  return writer.toBuffer();
}

export interface StoredTransaction {
  readonly transactionalId: string;
  /** null: forgotten. */
  readonly transaction: Transaction | null;
}

/** null for a key of an unknown version. Throws DecodeError for broken bytes. */
export function decodeTransaction(key: Buffer | null, value: Buffer | null): StoredTransaction | null {
  if (key === null) throw new DecodeError('a record without a key in a compacted topic');
  const reader = new Reader(key);
  if (reader.int16() !== KEY_VERSION) return null;
  const { transactionalId } = transactionLogKey.read(reader, KEY_VERSION);
  return { transactionalId, transaction: value === null ? null : decodeValue(transactionalId, value) };
}
function decodeValue(transactionalId: string, bytes: Buffer): Transaction {
  const reader = new Reader(bytes);
  const version = reader.int16();
  if (version < 0 || version > VALUE_VERSION) throw new DecodeError(`transaction of unknown version ${version}`);
  const value = transactionLogValue.read(reader, version);
  const state = STATES[value.transactionStatus];
  if (state === undefined) throw new DecodeError(`transaction in unknown state ${value.transactionStatus}`);
  return {
    transactionalId,
    producerId: value.producerId,
    previousProducerId: value.previousProducerId,
    nextProducerId: value.nextProducerId,
    producerEpoch: value.producerEpoch,
    lastProducerEpoch: NO_EPOCH,
    timeoutMs: value.transactionTimeoutMs,
    state,
    partitions: new Map((value.transactionPartitions ?? []).map((one) => [one.topic, new Set(one.partitionIds)])),
    startTimestampMs: value.transactionStartTimestampMs,
    lastUpdateTimestampMs: value.transactionLastUpdateTimestampMs,
    clientVersion: value.clientTransactionVersion,
  };
}
