import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadBuffers } from './read-buffers.ts';

test('[BRK-20] memory of a read is used again once its lease was given back, never before, and once', () => {
  const buffers = new ReadBuffers();
  const [one, other] = [buffers.lease(), buffers.lease()];
  const first = one.take(1_000_000);
  assert.equal(first.length, 1_000_000);
  assert.notEqual(other.take(1_000_000).buffer, first.buffer, 'leases share nothing');
  one.giveBack();
  one.giveBack();
  const third = buffers.lease();
  assert.equal(third.take(900_000).buffer, first.buffer);
  assert.notEqual(third.take(900_000).buffer, first.buffer);
  assert.equal(one.take(100).length, 100);
  one.giveBack();
  assert.equal(buffers.keptBytes, 0, 'small memory is not kept');
  for (let i = 0; i < 100; i++) one.take(1 << 20);
  one.giveBack();
  assert.ok(buffers.keptBytes <= 8_388_608);
});
