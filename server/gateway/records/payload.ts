// Turns record bytes into what the browser gets: text only when it is valid UTF-8, else base64, cut at a limit. Numbers in
// the text are never parsed on the way. Called by browse, tail and record.get.
import { isUtf8 } from 'node:buffer';
import type { RawRecord } from '../../client/records/batch.ts';
import type { Payload, RecordRow } from '../../live/contract.ts';

/** Per field in lists; a page of 500 rows stays below a few megabytes. */
export const LIST_PAYLOAD_BYTES = 2_048;
export const SINGLE_PAYLOAD_BYTES = 1_048_576;
/** What somebody asked for on purpose; longer ones are for a client of Kafka. */
export const WHOLE_PAYLOAD_BYTES = 16_777_216;
/** Headers shown per record in lists. */
const LIST_HEADERS = 50;

export function payload(bytes: Buffer | null, limitBytes: number): Payload {
  if (bytes === null) return { sizeBytes: -1, text: null, base64: null, isTruncated: false };
  const isTruncated = bytes.length > limitBytes;
  const shown = isTruncated ? bytes.subarray(0, limitBytes) : bytes;
  const text = textOf(shown, isTruncated);
  return {
    sizeBytes: bytes.length,
    text,
    base64: text === null ? shown.toString('base64') : null,
    isTruncated,
  };
}

/** A cut may fall inside a character: up to three bytes are then left out. */
function textOf(bytes: Buffer, isTruncated: boolean): string | null {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  if (!isTruncated) return null;
  for (let dropped = 1; dropped <= 3; dropped += 1) {
    const shorter = bytes.subarray(0, bytes.length - dropped);
    if (isUtf8(shorter)) return shorter.toString('utf8');
  }
  return null;
}

export function recordRow(partition: number, record: RawRecord, limitBytes: number): RecordRow {
  const headers = limitBytes === LIST_PAYLOAD_BYTES ? record.headers.slice(0, LIST_HEADERS) : record.headers;
  return {
    partition,
    offset: record.offset,
    timestampMs: record.timestampMs,
    timestampType: record.isLogAppendTime ? 'LogAppendTime' : 'CreateTime',
    key: payload(record.key, limitBytes),
    value: payload(record.value, limitBytes),
    headers: headers.map(({ key, value }) => ({ key, value: payload(value, limitBytes) })),
  };
}

export type RecordFilter = (record: RawRecord) => boolean;

/** Case-sensitive search over the whole payload, not only the part that is shown. '' keeps every record. */
export function filterFor(contains: string): RecordFilter {
  if (contains === '') return () => true;
  const needle = Buffer.from(contains, 'utf8');
  return ({ key, value, headers }) =>
    (value?.includes(needle) ?? false) ||
    (key?.includes(needle) ?? false) ||
    headers.some((header) => header.key.includes(contains) || (header.value?.includes(needle) ?? false));
}
