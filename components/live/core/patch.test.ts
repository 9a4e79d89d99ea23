// Proves how patches change immutable data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PatchOp } from '../../../server/live/contract.ts';
import { applyOps, PatchMismatch } from './patch.ts';

test('[WEB-1] a patch replaces only what its path names and shares the rest', () => {
  const before = { a: { x: 1 }, rows: [{ n: 1 }, { n: 2 }] };
  const after = applyOps(before, [{ path: ['rows', 1, 'n'], value: 3 }]);
  assert.deepEqual(after, { a: { x: 1 }, rows: [{ n: 1 }, { n: 3 }] });
  assert.equal(after.a, before.a);
  assert.equal(after.rows[0], before.rows[0]);
  assert.deepEqual(before.rows[1], { n: 2 });
});

test('[WEB-1] an operation without a value removes the key or the array element', () => {
  assert.deepEqual(applyOps({ a: 1, b: 2 }, [{ path: ['a'] }]), { b: 2 });
  assert.deepEqual(applyOps({ r: [1, 2, 3] }, [{ path: ['r', 1] }]), { r: [1, 3] });
  assert.deepEqual(applyOps({ r: [1] }, [{ path: ['r', 1], value: 2 }]), { r: [1, 2] });
});

test('[WEB-1] a null value is a value, and an empty path replaces everything', () => {
  assert.deepEqual(applyOps<unknown>({ a: 1 }, [{ path: ['a'], value: null }]), { a: null });
  assert.deepEqual(applyOps<unknown>({ a: 1 }, [{ path: [], value: [1] }]), [1]);
});

test('[WEB-1] a key named __proto__ stays a plain key', () => {
  const after = applyOps<Record<string, unknown>>({}, [{ path: ['__proto__'], value: { polluted: true } }]);
  assert.equal(Object.getPrototypeOf(after), Object.prototype);
  assert.equal((after as { polluted?: boolean }).polluted, undefined);
});

test('[WEB-1] a path through nothing is a mismatch, not a guess', () => {
  assert.throws(() => applyOps({ a: 1 }, [{ path: ['b', 'c'], value: 1 }]), PatchMismatch);
  assert.throws(() => applyOps([1], [{ path: [5], value: 1 }]), PatchMismatch);
});

test('[WEB-1] any tree equals the same changes made in place on a copy, and the input stays as it was', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.array(fc.integer())),
      fc.stringMatching(/^[a-z]{1,3}$/),
      fc.integer(),
      (tree, key, value) => {
        const ops: PatchOp[] = [{ path: [key], value: [value] }];
        const frozen = structuredClone(tree);
        const expected = structuredClone(tree);
        expected[key] = [value];
        assert.deepEqual({ ...applyOps(tree, ops) }, { ...expected });
        assert.deepEqual({ ...tree }, { ...frozen });
      },
    ),
  );
});

test('[WEB-1] a series moves on: items leave at the front and join at the end, the rest is shared', () => {
  const before = { s: { times: [1, 2, 3], other: [9] } };
  const after = applyOps(before, [{ path: ['s', 'times'], slide: 2, append: [4, null] }]);
  assert.deepEqual(after, { s: { times: [3, 4, null], other: [9] } });
  assert.equal(after.s.other, before.s.other);
  assert.deepEqual(before.s.times, [1, 2, 3]);
  assert.throws(() => applyOps(before, [{ path: ['s', 'times'], slide: 4, append: [] }]), PatchMismatch);
  assert.throws(() => applyOps(before, [{ path: ['s'], slide: 0, append: [1] }]), PatchMismatch);
});

test('[WEB-1] lists that moved on equal the same moves made on a copy', () => {
  const scalar = fc.oneof(fc.constantFrom(0, null, 'a'), fc.integer());
  const scalars = fc.array(scalar, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(scalars, fc.nat(29), fc.array(scalar, { maxLength: 12 }), (list, drop, append) => {
      const slide = Math.min(drop, list.length);
      const after = applyOps({ list, kept: 1 }, [{ path: ['list'], slide, append }]);
      assert.deepEqual(after, { list: [...list.slice(slide), ...append], kept: 1 });
    }),
  );
});
