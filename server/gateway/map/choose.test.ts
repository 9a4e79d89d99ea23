import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Candidate, chooseTopics, shareOut } from './choose.ts';

const topic = (name: string, partitions: number, recordsPerSecond: number | null = 0): Candidate => {
  return { name, partitions, recordsPerSecond, isInternal: name.startsWith('__') };
};
const limits = { topics: 3, partitions: 10 };

test('[MAP-1] without a choice the busiest topics are drawn, internal ones only when there is no other', () => {
  const all = [topic('__offsets', 50, 900), topic('a', 1), topic('b', 2), topic('c', 2, 5), topic('d', 9, null)];
  assert.deepEqual(
    chooseTopics(all, [], limits).map(({ name }) => name),
    ['c', 'd', 'b'],
  );
  assert.deepEqual(chooseTopics([topic('__offsets', 50)], [], limits), [{ name: '__offsets', drawn: 10 }]);
  assert.deepEqual(chooseTopics([], [], limits), []);
});

test('[MAP-1] chosen topics keep their order, once each; those that do not exist are left out', () => {
  const all = [topic('a', 1), topic('b', 2), topic('__offsets', 50)];
  assert.deepEqual(chooseTopics(all, ['b', 'gone', '__offsets', 'b'], limits), [
    { name: 'b', drawn: 2 },
    { name: '__offsets', drawn: 8 },
  ]);
});

test('[MAP-2] partitions are shared out: never more than asked for or allowed, small demands whole, nothing wasted', () => {
  assert.deepEqual(shareOut([1000, 3, 1000], 60), [28, 3, 29]);
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 8 }), fc.nat(100), (demands, budget) => {
      const shares = shareOut(demands, budget);
      const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);
      assert.equal(sum(shares), Math.min(budget, sum(demands)));
      const cut = shares.filter((share, index) => share < (demands[index] ?? 0));
      for (const [index, share] of shares.entries()) {
        assert.ok(share <= (demands[index] ?? 0));
        for (const other of cut) assert.ok(share <= other + 1, 'who is cut got no less than any other');
      }
    }),
  );
});
