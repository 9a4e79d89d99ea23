import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchesIn, recordsOf } from '../../client/records/batch.ts';
import { trafficBatch } from './batch.ts';

test('[GTW-12] what the traffic writes is a batch that can be read, with values of the exact size', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 40 }),
      fc.boolean(),
      (valueBytes, count, hasKeys) => {
        const wanted = Array.from({ length: count }, (_, number) => ({
          key: hasKeys ? Buffer.from(`key-${number}`) : null,
          number,
        }));
        const [batch] = [...batchesIn(trafficBatch(wanted, valueBytes, 1_700_000_000_000))];
        assert.ok(batch !== undefined);
        const records = recordsOf(batch);
        assert.equal(records.length, count);
        for (const [index, record] of records.entries()) {
          assert.equal(record.value?.length, valueBytes);
          assert.deepEqual(record.key, wanted[index]?.key ?? null);
          if (valueBytes >= 60) assert.equal(JSON.parse(record.value?.toString() ?? '').n, index);
        }
      },
    ),
  );
});
