import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecordsBatch } from '@platformatic/kafka';
import fc from 'fast-check';
import { ClusterError } from '../errors.ts';
import { assignmentsOf } from './assignment.ts';
import { batchesIn, recordsOf } from './batch.ts';

const message = (key: Buffer | undefined, value: Buffer, timestamp: bigint) => ({
  topic: 't',
  value,
  timestamp,
  headers: new Map([[Buffer.from('h'), Buffer.from('v')]]),
  ...(key === undefined ? {} : { key }),
});

// The client library encodes timestamps further apart than 2^31 ms within one batch wrongly, so they lie closer here.
const times = fc.integer({ min: 2 ** 40, max: 2 ** 40 + 2 ** 31 - 1 });

test('[GTW-12] batches written by the client library are read back exactly, in every compression', () => {
  const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
  const messages = fc.array(fc.record({ key: fc.option(bytes, { nil: undefined }), value: bytes, at: times }), {
    minLength: 1,
    maxLength: 20,
  });
  for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
    fc.assert(
      fc.property(messages, (wanted) => {
        const encoded = createRecordsBatch(
          wanted.map(({ key, value, at }) => message(key, value, BigInt(at))),
          { compression },
        ).buffer;
        const [batch] = [...batchesIn(Buffer.concat([encoded, encoded.subarray(0, 30)]))];
        assert.ok(batch !== undefined);
        const records = recordsOf(batch);
        assert.deepEqual(
          records.map(({ offset, timestampMs, key, value }) => [offset, timestampMs, key, value]),
          wanted.map(({ key, value, at }, index) => [index, at, key ?? null, value]),
        );
        assert.deepEqual(records[0]?.headers, [{ key: 'h', value: Buffer.from('v') }]);
      }),
      { numRuns: 30 },
    );
  }
});

test('[GTW-12] broken bytes are an error of this batch or no batch at all, never a crash', () => {
  const good = createRecordsBatch([message(undefined, Buffer.from('hello world'), 5n)], {}).buffer;
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
      const broken = Buffer.from(good);
      broken[at] = value;
      try {
        for (const batch of batchesIn(broken)) if (batch.recordCount < 1_000) recordsOf(batch);
      } catch (error) {
        assert.ok(error instanceof ClusterError, String(error));
      }
    }),
  );
});

test('[GTW-15] an assignment that cannot be read is empty, not an error', () => {
  const bytes = Buffer.from('00010000000100017400000002000000030000000100000000', 'hex');
  assert.deepEqual(assignmentsOf(bytes), [{ topic: 't', partitions: [1, 3] }]);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (array) => Array.isArray(assignmentsOf(Buffer.from(array)))));
});

test('[GTW-61] a record whose time is in nanoseconds hides no other: it is read with the nearest number', () => {
  const far = 1_796_134_847_103_123_457n;
  const batch = createRecordsBatch([message(undefined, Buffer.from('v'), far)], {}).buffer;
  const [read] = [...batchesIn(Buffer.from(batch))];
  assert.ok(read !== undefined);
  assert.deepEqual(
    recordsOf(read).map(({ timestampMs, value }) => [timestampMs, String(value)]),
    [[Number(far), 'v']],
  );
});
