import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestMatches } from './search.ts';

test('[GTW-10] search puts names that begin with the query first and gives at most twenty', () => {
  assert.deepEqual(bestMatches(['my-orders', 'orders-retry', 'orders', 'payments'], 'Order'), [
    'orders',
    'orders-retry',
    'my-orders',
  ]);
  assert.equal(
    bestMatches(
      Array.from({ length: 50 }, (_, index) => `t${index}`),
      't',
    ).length,
    20,
  );
});
