// The control batch that ends a transaction in one partition (Kafka's EndTransactionMarker, ControlRecordType): one record that no
// consumer is given. Built by leaders for the transaction coordinator; read by whoever follows transactions through a log.
import { DecodeError } from '../../kernel/decode-error.ts';
import { Reader } from '../reader.ts';
import { Writer } from '../writer.ts';
import { BATCH_HEADER_BYTES, type BatchHeader, CONTROL_BIT, isControl, TRANSACTIONAL_BIT } from './batch.ts';
import { encodeBatch } from './record.ts';

const ABORT = 0;
const COMMIT = 1;
const VERSION = 0;
/** transaction.version from which each transaction has an epoch of its own, and its marker that of the next (KIP-890). */
export const EPOCH_PER_TRANSACTION = 2;

export interface EndMarker {
  readonly isCommit: boolean;
  /** Leader epoch of the coordinator's partition: an older coordinator is not heard any more. */
  readonly coordinatorEpoch: number;
}
export interface NewMarker extends EndMarker {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly timestampMs: number;
}

export function encodeMarker(marker: NewMarker): Buffer {
  const key = new Writer();
  key.int16(VERSION);
  key.int16(marker.isCommit ? COMMIT : ABORT);
  const value = new Writer();
  value.int16(VERSION);
  value.int32(marker.coordinatorEpoch);
  return encodeBatch({
    records: [{ timestampMs: marker.timestampMs, key: key.toBuffer(), value: value.toBuffer() }],
    producerId: marker.producerId,
    producerEpoch: marker.producerEpoch,
    flags: TRANSACTIONAL_BIT | CONTROL_BIT,
  });
}

/** What the batch at `position` says when it ends a transaction; null for records, other control batches and broken ones. */
export function markerOf(bytes: Buffer, position: number, header: BatchHeader): EndMarker | null {
  if (!isControl(header.attributes)) return null;
  try {
    return decodeMarker(bytes, position, header);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function decodeMarker(bytes: Buffer, position: number, header: BatchHeader): EndMarker | null {
  const reader = new Reader(bytes.subarray(position + BATCH_HEADER_BYTES, position + header.sizeBytes));
  reader.varint();
  reader.int8();
  reader.varlong();
  reader.varint();
  const key = markerPart(reader);
  const type = new Reader(key);
  type.int16();
  const code = type.int16();
  if (code !== ABORT && code !== COMMIT) return null;
  const value = new Reader(markerPart(reader));
  value.int16();
  return { isCommit: code === COMMIT, coordinatorEpoch: value.int32() };
}

function markerPart(reader: Reader): Buffer {
  const length = reader.varint();
  if (length < 0) throw new DecodeError('a control record without key or value');
  return reader.slice(length);
}
