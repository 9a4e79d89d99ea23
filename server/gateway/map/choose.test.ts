import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Candidate, chooseTopics, type Standing, shareOut, standingTopics } from './choose.ts';

const topic = (name: string, partitions: number, recordsPerSecond: number | null = 0): Candidate => {
  return { name, partitions, recordsPerSecond, isInternal: name.startsWith('__') };
};
const limits = { topics: 3, partitions: 10 };

const names = (standing: readonly { name: string }[]) => standing.map(({ name }) => name);

test('[MAP-1] without a choice the busiest topics are drawn, internal ones only when there is no other', () => {
  const all = [topic('__offsets', 50, 900), topic('a', 1), topic('b', 2), topic('c', 2, 5), topic('d', 9, null)];
  assert.deepEqual(names(standingTopics([], all, 0)), ['c', 'd', 'b', 'a']);
  assert.deepEqual(names(standingTopics([], [topic('__offsets', 50)], 0)), ['__offsets']);
  assert.deepEqual(standingTopics([], [], 0), []);
});

test('[MAP-1] who is drawn keeps its place while traffic moves about, until it was idle for a minute', () => {
  const at = (nowMs: number, before: readonly Standing[], rates: Record<string, number>) =>
    standingTopics(
      before,
      Object.entries(rates).map(([name, rate]) => topic(name, 1, rate)),
      nowMs,
    );
  const first = at(1_000, [], { a: 1, b: 2, c: 3, d: 4, e: 0 });
  assert.deepEqual(names(first), ['d', 'c', 'b', 'a']);
  const swung = at(2_000, first, { a: 9, b: 0, c: 3, d: 1, e: 50 });
  assert.deepEqual(names(swung), ['d', 'c', 'b', 'a'], 'a pause is no reason to go');
  assert.deepEqual(names(at(70_000, swung, { a: 9, b: 0, c: 3, d: 1, e: 50 })), ['d', 'c', 'e', 'a']);
  assert.deepEqual(
    names(at(70_000, swung, { a: 9, b: 0, c: 3, d: 1 })),
    ['d', 'c', 'b', 'a'],
    'nobody wants the place',
  );
  assert.deepEqual(names(at(3_000, swung, { a: 9, c: 3, d: 1, e: 50 })), ['d', 'c', 'a', 'e'], 'a deleted topic goes');
  assert.deepEqual(names(standingTopics([{ name: '__x', busyAtMs: 9 }], [topic('__x', 1, 1), topic('a', 1)], 10)), [
    'a',
  ]);
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
