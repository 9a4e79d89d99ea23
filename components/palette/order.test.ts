import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listed } from './order.ts';

const entries = (...labels: string[]) => labels.map((label) => ({ label }));
const known = entries('Overview', 'Create a topic', 'Produce to orders');
const labels = (query: string, ...found: { label: string }[][]) =>
  listed(query, known, found).map(({ label }) => label);

test('[PAL-1] the first entry stays the first when the names that the server found arrive', () => {
  assert.deepEqual(labels('create'), ['Create a topic']);
  assert.deepEqual(labels('CREATE ', entries('create', 'recreated'), entries('creators-create')), [
    'Create a topic',
    'create',
    'recreated',
    'creators-create',
  ]);
});

test('[PAL-2] names found for the words before are not listed', () => {
  assert.deepEqual(labels('create a', entries('actions.orders', 'accounts')), ['Create a topic']);
  assert.deepEqual(labels('acc', entries('actions.orders', 'accounts')), ['accounts']);
});

test('[PAL-3] without words it lists everything known and the first of each kind of name', () => {
  const many = entries(...Array.from({ length: 20 }, (_, index) => `t${index}`));
  assert.equal(labels('', many, many).length, known.length + 16);
  assert.equal(labels('t', many).length, 2 + 20);
});
