import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Row, readRows, table } from './results.ts';

test('[IOP-25] the table of interop keeps the rows of what did not run this time', () => {
  const kept: Row = { id: 'a', client: 'one', outcome: 'passed', note: '3 | 4\\5' };
  const worse: Row = { id: 'b', client: 'librdkafka tests', outcome: 'failed', note: 'it wants | too\nmuch' };
  const first = table([], [kept, { ...worse, outcome: 'not run' }]);
  const second = table(readRows(first), [worse]);
  assert.deepEqual(readRows(second), [kept, { ...worse, note: 'it wants | too much' }]);
  assert.match(second, /\| librdkafka tests \| main \| 1 \| 0 \| 0 \|/);
  assert.equal(table(readRows(second), []), second);
});

test('[IOP-25] RESULTS.md is what the table makes of its rows', () => {
  const text = readFileSync(join(import.meta.dirname, 'RESULTS.md'), 'utf8');
  const rows = readRows(text);
  assert.ok(rows.length >= 33, `${rows.length} rows`);
  assert.equal(table(rows, []), text);
});
