// What test traffic writes: batches of records that number and date themselves, in JSON that is filled up to the size asked for.
// Called by producer.ts, up to 200,000 records a second, for which an object per record would be too slow.
import { writeBatch } from '../../client/records/batch-writer.ts';

const filler = Buffer.alloc(100 * 1_024 + 64, 'abcdefghijklmnopqrstuvwxyz0123456789');

export interface TrafficRecord {
  readonly key: Buffer | null;
  /** Number of the record within its producer, written into the value. */
  readonly number: number;
}

/** Every value is exactly `valueBytes` long, and valid JSON if it fits. */
export function trafficBatch(records: readonly TrafficRecord[], valueBytes: number, nowMs: number): Buffer {
  return writeBatch(records, nowMs, {
    bytes: valueBytes,
    write: (bytes, at, { number }) => writeValue(bytes, at, valueBytes, number, nowMs),
  });
}

function writeValue(bytes: Buffer, at: number, valueBytes: number, number: number, nowMs: number): void {
  const head = `{"n":${number},"at":${nowMs},"pad":"`;
  if (valueBytes < head.length + 2) {
    filler.copy(bytes, at, 0, valueBytes);
    bytes.write(String(number).slice(-valueBytes), at, 'latin1');
    return;
  }
  bytes.write(head, at, 'latin1');
  filler.copy(bytes, at + head.length, 0, valueBytes - head.length - 2);
  bytes.write('"}', at + valueBytes - 2, 'latin1');
}
