import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { DecodeError } from '../../kernel/decode-error.ts';
import type { Compression } from '../../kernel/world.ts';
import { isChecksumValid, readBatchHeader, stampBatch, stampLogAppendTime } from './batch.ts';
import { decodeRecords, encodeBatch } from './record.ts';

const gzipOnly: Compression = {
  compress: (_codec, bytes) => gzipSync(bytes),
  decompress: (_codec, bytes, maxOutputLength) => {
    try {
      return gunzipSync(bytes, { maxOutputLength });
    } catch (error) {
      throw new DecodeError(String(error));
    }
  },
};
const bytes = fc.option(fc.uint8Array({ maxLength: 50 }).map((b) => Buffer.from(b)));
const plain = { noNullPrototype: true };
const record = fc.record(
  {
    timestampMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    key: bytes,
    value: bytes,
    headers: fc.array(fc.record({ key: fc.string({ maxLength: 8 }), value: bytes }, plain), { maxLength: 3 }),
  },
  plain,
);

test('[PRO-14] records come back from a batch, plain and compressed', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 8 }), fc.constantFrom(0, 1), (records, codec) => {
      const batch = encodeBatch({ records, baseOffset: 70, codec }, gzipOnly);
      const header = readBatchHeader(batch, 0);
      assert.equal(header.sizeBytes, batch.length);
      assert.ok(isChecksumValid(batch, 0, batch.length));
      const read = decodeRecords(batch, 0, header, gzipOnly, 1 << 20);
      assert.deepEqual(
        read,
        records.map((r, i) => ({ offset: 70 + i, ...r })),
      );
    }),
  );
});

test('[PRO-15] base offset and leader epoch are outside the checksum, everything behind is inside', () => {
  const batch = encodeBatch({ records: [{ timestampMs: 5, key: null, value: Buffer.from('v') }] });
  stampBatch(batch, 0, 123_456_789_012, 9);
  const header = readBatchHeader(batch, 0);
  assert.deepEqual([header.baseOffset, header.leaderEpoch], [123_456_789_012, 9]);
  assert.ok(isChecksumValid(batch, 0, batch.length));
  for (let at = 21; at < batch.length; at++) {
    const broken = Buffer.from(batch);
    broken[at] = (broken[at] as number) ^ 1;
    assert.ok(!isChecksumValid(broken, 0, broken.length), `byte ${at}`);
  }
});

test('[PRO-16] LogAppendTime rewrites time and checksum, and records then carry it', () => {
  const batch = encodeBatch({ records: [{ timestampMs: 5, key: null, value: null }] });
  stampLogAppendTime(batch, 0, batch.length, 777);
  assert.ok(isChecksumValid(batch, 0, batch.length));
  assert.equal(decodeRecords(batch, 0, readBatchHeader(batch, 0), gzipOnly, 100)[0]?.timestampMs, 777);
});

test('[PRO-17] a batch with broken bytes opens or gives DecodeError', () => {
  const arbitrary = fc.tuple(fc.array(record, { minLength: 1, maxLength: 4 }), fc.nat(), fc.nat(255));
  fc.assert(
    fc.property(arbitrary, ([records, at, byte]) => {
      const batch = encodeBatch({ records });
      batch[at % batch.length] = byte;
      try {
        decodeRecords(batch, 0, readBatchHeader(batch, 0), gzipOnly, 1 << 16);
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
      }
    }),
    { numRuns: 2000 },
  );
});
