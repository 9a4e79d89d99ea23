// Proves that a place in a topic survives the address.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorField, placeField, startOf } from './browse-url.ts';

test('[WEB-51] a cursor written to the address reads back the same', () => {
  const offsets = fc.dictionary(fc.integer({ min: 0, max: 9_999_999 }).map(String), fc.maxSafeNat(), { minKeys: 1 });
  fc.assert(
    fc.property(fc.constantFrom('forward' as const, 'backward' as const), offsets, (direction, each) => {
      const cursor = { direction, offsets: { ...each } };
      assert.deepEqual(cursorField.read(cursorField.write(cursor)), cursor);
    }),
  );
});

test('[WEB-51] what is not a place is ignored', () => {
  for (const text of [null, '', 'b', 'x_0.1', 'b_0.99999999999999999', 'b_a.1', 'b_0.1_'])
    assert.equal(cursorField.read(text), null);
  assert.deepEqual(placeField.read('3:1200'), { partition: 3, offset: 1200 });
  assert.equal(placeField.read('3:x'), null);
  assert.equal(startOf('offset', ''), null);
  assert.equal(startOf('offset', '-1'), null);
  assert.deepEqual(startOf('offset', '12'), { from: 'offset', offset: 12 });
  assert.deepEqual(startOf('newest', 'x'), { from: 'newest' });
});
