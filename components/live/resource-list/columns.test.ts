import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesField } from '../../ui/hooks/url-field.ts';
import { shownColumns, withColumn } from './columns.ts';

const columns = ['name', 'size', 'rate'].map((id) => ({ id }));
const shown = (choice: readonly string[] | null) => shownColumns(columns, choice).map(({ id }) => id);

test('[LIST-6] chosen columns are shown in their own order, the first always, and names of none are passed over', () => {
  assert.deepEqual(shown(null), ['name', 'size', 'rate']);
  assert.deepEqual(shown(['rate', 'size', 'gone']), ['name', 'size', 'rate']);
  assert.deepEqual(shown(['rate']), ['name', 'rate']);
  assert.deepEqual(shown([]), ['name']);
});

test('[LIST-7] a column less and more: all of them again are no choice, so that a column of tomorrow is shown too', () => {
  assert.deepEqual(withColumn(columns, null, 'size', false), ['rate']);
  assert.deepEqual(withColumn(columns, ['rate'], 'rate', false), []);
  assert.deepEqual(withColumn(columns, [], 'rate', true), ['rate']);
  assert.deepEqual(withColumn(columns, ['rate', 'gone'], 'rate', true), ['rate']);
  assert.equal(withColumn(columns, ['rate'], 'size', true), null);
});

test('[LIST-8] a choice of columns is read from an address as it was written, none of them included, and nonsense is no choice', () => {
  const field = namesField();
  for (const choice of [null, [], ['size'], ['size', 'SCRAM-SHA-256', 'producer_byte_rate']])
    assert.deepEqual(field.read(field.write(choice)), choice);
  for (const text of [null, '', ',', 'a,', 'a b', '<x>', 'a'.repeat(41), `a${',a'.repeat(41)}`])
    assert.equal(field.read(text), null, String(text));
});
