// The records of one unpacked batch as far as the cleaner needs them: where each lies, its key and whether it has a value. Opens
// nothing else, so that what stays is copied byte for byte.
import { DecodeError } from '../../../kernel/decode-error.ts';
import type { Int64 } from '../../../kernel/int64.ts';
import { Reader } from '../../../protocol/reader.ts';

export interface WalkedRecord {
  /** From its length on, and behind its end. */
  readonly start: number;
  readonly end: number;
  /** Behind its length. */
  readonly sizeBytes: number;
  /** Behind the timestamp delta: from the offset delta on. */
  readonly rest: number;
  readonly timestampDelta: Int64;
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly hasValue: boolean;
}

/** Throws DecodeError. */
export function* walkRecords(body: Buffer, count: number): Generator<WalkedRecord> {
  const reader = new Reader(body);
  for (let i = 0; i < count; i++) {
    const start = reader.position;
    const length = reader.varint();
    if (length < 0 || length > reader.remaining()) throw new DecodeError(`record of ${length} bytes`);
    const end = reader.position + length;
    reader.int8();
    const timestampDelta = reader.varlong();
    const rest = reader.position;
    const offsetDelta = reader.varint();
    const keyBytes = reader.varint();
    const key = keyBytes < 0 ? null : reader.slice(keyBytes);
    const hasValue = reader.varint() >= 0;
    if (reader.position > end) throw new DecodeError('record does not fill its length');
    reader.slice(end - reader.position);
    yield { start, end, sizeBytes: length, rest, timestampDelta, offsetDelta, key, hasValue };
  }
  if (reader.remaining() > 0) throw new DecodeError('bytes behind the last record of a batch');
}
