// The server's assignors, over random groups.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Subscriber } from './assign.ts';
import { ASSIGNORS } from './assign.ts';
import type { Assignment } from './partitions.ts';
import { countPartitions, NO_PARTITIONS, select } from './partitions.ts';

const TOPICS = ['a', 'b', 'c'];
const counts = fc.array(fc.nat(9), { minLength: 3, maxLength: 3 });
const partitionsOf = (sizes: readonly number[]) => (topicId: string) => sizes[TOPICS.indexOf(topicId)] ?? 0;

function assign(name: string, subscribers: readonly Subscriber[], sizes: readonly number[]): Map<string, Assignment> {
  const assignor = ASSIGNORS.get(name);
  assert.ok(assignor);
  return assignor({ subscribers, partitionsOf: partitionsOf(sizes) });
}
function everyone(size: number, previous: ReadonlyMap<string, Assignment>, topics = TOPICS): Subscriber[] {
  return Array.from({ length: size }, (_, i) => ({
    memberId: `m${i}`,
    instanceId: null,
    topicIds: new Set(topics),
    previous: previous.get(`m${i}`) ?? NO_PARTITIONS,
  }));
}
/** Each partition of a topic that someone wants is given once, to someone who wants it. */
function checkComplete(subscribers: readonly Subscriber[], sizes: readonly number[], targets: Map<string, Assignment>) {
  const given = new Set<string>();
  for (const { memberId, topicIds } of subscribers) {
    for (const [topicId, partitions] of targets.get(memberId) ?? []) {
      assert.ok(partitions.size === 0 || topicIds.has(topicId));
      for (const partition of partitions) {
        assert.ok(!given.has(`${topicId}${partition}`));
        given.add(`${topicId}${partition}`);
      }
    }
  }
  let wanted = 0;
  for (const topicId of TOPICS) {
    if (subscribers.some(({ topicIds }) => topicIds.has(topicId))) wanted += partitionsOf(sizes)(topicId);
  }
  assert.equal(given.size, wanted);
}
const sizesOf = (targets: Map<string, Assignment>) => [...targets.values()].map(countPartitions);

test('[CGP-42] uniform: balanced, complete, and moves no more than it must', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }), counts, (before, after, sizes) => {
      const first = assign('uniform', everyone(before, new Map()), sizes);
      const subscribers = everyone(after, first);
      const targets = assign('uniform', subscribers, sizes);
      checkComplete(subscribers, sizes, targets);
      const loads = sizesOf(targets);
      assert.ok(Math.max(...loads) - Math.min(...loads) <= 1, String(loads));
      if (after >= before) {
        // Newcomers get their share; nobody who was there gets anything.
        for (let i = 0; i < before; i++) {
          const had = first.get(`m${i}`) ?? NO_PARTITIONS;
          const has = targets.get(`m${i}`) ?? NO_PARTITIONS;
          const gained = select(has, (topicId, partition) => had.get(topicId)?.has(partition) !== true);
          assert.equal(countPartitions(gained), 0);
        }
      }
    }),
  );
});

test('[CGP-42] uniform over members with different topics: complete, and nobody can relieve another', () => {
  const topics = fc.subarray(TOPICS, { minLength: 1 });
  fc.assert(
    fc.property(fc.array(topics, { minLength: 1, maxLength: 5 }), counts, (wishes, sizes) => {
      const subscribers = wishes.map((wish, i) => ({
        memberId: `m${i}`,
        instanceId: null,
        topicIds: new Set(wish),
        previous: NO_PARTITIONS,
      }));
      const targets = assign('uniform', subscribers, sizes);
      checkComplete(subscribers, sizes, targets);
      const load = (memberId: string) => countPartitions(targets.get(memberId) ?? NO_PARTITIONS);
      for (const heavy of subscribers) {
        for (const [topicId, partitions] of targets.get(heavy.memberId) ?? []) {
          if (partitions.size === 0) continue;
          for (const light of subscribers) {
            if (light.topicIds.has(topicId)) assert.ok(load(heavy.memberId) - load(light.memberId) <= 1);
          }
        }
      }
    }),
  );
});

test('[CGP-42] range: neighbours, of each topic one more or less at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), counts, (size, sizes) => {
      const subscribers = everyone(size, new Map());
      const targets = assign('range', subscribers, sizes);
      checkComplete(subscribers, sizes, targets);
      for (const topicId of TOPICS) {
        const parts = [...targets.values()].map((target) => [...(target.get(topicId) ?? [])]);
        const loads = parts.map(({ length }) => length);
        assert.ok(Math.max(...loads) - Math.min(...loads) <= 1);
        for (const own of parts) assert.ok(own.every((partition, i) => i === 0 || partition === (own[i - 1] ?? 0) + 1));
      }
    }),
  );
});
