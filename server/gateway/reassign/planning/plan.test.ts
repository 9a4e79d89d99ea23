import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ReassignRequest } from '../../../live/contract.ts';
import type { PlacedBroker, PlacedPartition, Placement } from './layout.ts';
import { makePlan, type Plan, PlanRefusal } from './plan.ts';

interface Shape {
  readonly racks?: readonly (string | null)[];
  readonly down?: readonly number[];
}

function brokersOf(count: number, { racks = [], down = [] }: Shape = {}): PlacedBroker[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    rack: racks[index] ?? null,
    isUp: !down.includes(index + 1),
  }));
}

function partition(
  topic: string,
  number: number,
  replicas: readonly number[],
  sizeBytes: number | null = 0,
): PlacedPartition {
  return { topic, partition: number, replicas, inSyncReplicas: replicas, leader: replicas[0] ?? null, sizeBytes };
}

/** Any placement: up to 7 brokers, some down, racks or none, topics of any factor, sizes known or not. */
const placements: fc.Arbitrary<Placement> = fc
  .record({
    count: fc.integer({ min: 1, max: 7 }),
    racks: fc.constantFrom<readonly (string | null)[]>(
      [],
      ['a', 'b', 'c', 'a', 'b', 'c', 'a'],
      ['a', 'a', 'b', 'b', 'c'],
      ['a', null, 'b'],
    ),
    down: fc.uniqueArray(fc.integer({ min: 2, max: 7 }), { maxLength: 2 }),
    topics: fc.array(
      fc.record({
        factor: fc.integer({ min: 1, max: 4 }),
        rows: fc.array(
          fc.tuple(fc.integer({ min: 0, max: 1_000_000 }), fc.option(fc.integer({ min: 0, max: 9_000_000 }))),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ count, racks, down, topics }) => {
    const brokers = brokersOf(count, { racks, down });
    const partitions = topics.flatMap(({ factor, rows }, topic) =>
      rows.map(([seed, sizeBytes], index) => {
        const ids = brokers.map(({ id }) => id);
        const replicas: number[] = [];
        let rest = seed;
        while (replicas.length < Math.min(factor, count)) {
          replicas.push(...ids.splice(rest % ids.length, 1));
          rest = Math.floor(rest / 7) + 3;
        }
        const leader = replicas.find((id) => !down.includes(id)) ?? null;
        return { ...partition(`t${topic}`, index, replicas, sizeBytes), leader };
      }),
    );
    return { brokers, partitions };
  });

function isUpIn({ brokers }: Placement, id: number): boolean {
  return brokers.find((broker) => broker.id === id)?.isUp ?? false;
}

function racksOf({ brokers }: Placement, replicas: readonly number[]): number {
  return new Set(replicas.map((id) => brokers.find((broker) => broker.id === id)?.rack ?? `alone ${id}`)).size;
}

function carriedOut(placement: Placement, plan: Plan): Placement {
  const to = new Map(plan.moves.map((move) => [`${move.topic}/${move.partition}`, move]));
  const elected = new Set(plan.elections.map((each) => `${each.topic}/${each.partition}`));
  return {
    ...placement,
    partitions: placement.partitions.map((each) => {
      const key = `${each.topic}/${each.partition}`;
      const move = to.get(key);
      const replicas = move?.to ?? each.replicas;
      const leader = elected.has(key) ? (replicas[0] ?? null) : (move?.leaderAfter ?? each.leader);
      return { ...each, replicas, inSyncReplicas: replicas, leader };
    }),
  };
}

/** What holds of every plan. */
function checkSound(placement: Placement, plan: Plan): void {
  for (const { from, to, topic, partition: number } of plan.moves) {
    const source = placement.partitions.find((each) => each.topic === topic && each.partition === number);
    assert.deepEqual(from, source?.replicas, 'a move begins where the partition is');
    assert.notDeepEqual(from, to, 'a move moves');
    assert.equal(new Set(to).size, to.length, 'no broker has two replicas');
    for (const id of to)
      if (!from.includes(id)) assert.ok(isUpIn(placement, id), 'new replicas go to brokers that are up');
  }
  const after = carriedOut(placement, plan);
  for (const { id, before, after: later } of plan.brokers) {
    const on = (where: Placement) => where.partitions.filter(({ replicas }) => replicas.includes(id));
    const bytes = (where: Placement) => on(where).reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
    const led = (where: Placement) => where.partitions.filter(({ leader }) => leader === id).length;
    assert.deepEqual(before, { replicas: on(placement).length, leaders: led(placement), bytes: bytes(placement) });
    assert.deepEqual(later, { replicas: on(after).length, leaders: led(after), bytes: bytes(after) });
  }
}

const difference = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const loadsOf = (plan: Plan, when: 'before' | 'after', what: 'replicas' | 'leaders' | 'bytes'): number[] =>
  plan.brokers.filter(({ isUp }) => isUp).map((broker) => broker[when][what]);

test('[RSG-1] a plan never drops below the replication factor, never puts two replicas on a broker, and counts what it says', () => {
  fc.assert(
    fc.property(placements, fc.integer({ min: 1, max: 7 }), (placement, brokerId) => {
      const requests: ReassignRequest[] = [{ kind: 'spread' }, { kind: 'drain', brokerId }];
      for (const request of requests) {
        const plan = planOrNull(placement, request);
        if (plan === null) continue;
        checkSound(placement, plan);
        for (const { from, to } of plan.moves) assert.equal(to.length, from.length);
      }
    }),
    { numRuns: 400 },
  );
});

function planOrNull(placement: Placement, request: ReassignRequest): Plan | null {
  try {
    return makePlan(placement, request);
  } catch (error) {
    assert.ok(error instanceof PlanRefusal, String(error));
    return null;
  }
}

test('[RSG-2] the same placement gives the same plan, in whatever order it is told', () => {
  fc.assert(
    fc.property(placements, (placement) => {
      const turned = { brokers: [...placement.brokers].reverse(), partitions: [...placement.partitions].reverse() };
      assert.deepEqual(makePlan(turned, { kind: 'spread' }), makePlan(placement, { kind: 'spread' }));
    }),
  );
});

test('[RSG-3] spreading leaves brokers within one replica and one leader of each other, where no rack and no size speaks against it', () => {
  fc.assert(
    fc.property(placements, (drawn) => {
      const placement: Placement = {
        brokers: drawn.brokers.map((broker) => ({ ...broker, rack: null, isUp: true })),
        partitions: drawn.partitions.map((each) => ({ ...each, sizeBytes: 0, leader: each.replicas[0] ?? null })),
      };
      const plan = makePlan(placement, { kind: 'spread' });
      assert.ok(difference(loadsOf(plan, 'after', 'replicas')) <= 1);
      assert.ok(
        difference(loadsOf(plan, 'after', 'leaders')) <= Math.max(1, difference(loadsOf(plan, 'before', 'leaders'))),
      );
      // No replica moves for nothing: what brokers give is what they had too much.
      const given = plan.brokers.reduce(
        (sum, { before, after }) => sum + Math.max(0, before.replicas - after.replicas),
        0,
      );
      assert.equal(plan.replicasAdded, given);
    }),
    { numRuns: 400 },
  );
});

test('[RSG-3] a new broker gets its share of replicas, leaders and bytes', () => {
  const partitions = Array.from({ length: 60 }, (_, index) => {
    const replicas = [0, 1, 2].map((step) => ((index + step) % 3) + 1);
    return partition(`t${index % 4}`, Math.floor(index / 4), replicas, 1_000_000 * (1 + (index % 7)));
  });
  const plan = makePlan({ brokers: brokersOf(4), partitions }, { kind: 'spread' });
  assert.deepEqual(loadsOf(plan, 'after', 'replicas'), [45, 45, 45, 45]);
  assert.deepEqual(loadsOf(plan, 'after', 'leaders'), [15, 15, 15, 15]);
  const bytes = loadsOf(plan, 'after', 'bytes');
  const mean = bytes.reduce((sum, each) => sum + each, 0) / 4;
  for (const each of bytes) assert.ok(Math.abs(each - mean) <= mean * 0.1 + 1_000_000, `${each} of ${mean}`);
  assert.equal(plan.replicasAdded, 45);
  // Every topic is on the new broker.
  const onNew = new Set(plan.moves.filter(({ to }) => to.includes(4)).map(({ topic }) => topic));
  assert.equal(onNew.size, 4);
});

test('[RSG-3] what is spread already stays: a second plan moves nothing', () => {
  fc.assert(
    fc.property(placements, (placement) => {
      const first = makePlan(placement, { kind: 'spread' });
      const second = makePlan(carriedOut(placement, first), { kind: 'spread' });
      assert.deepEqual([second.moves.length, second.elections.length], [0, 0]);
    }),
    { numRuns: 300 },
  );
});

test('[RSG-4] one broker with large partitions exchanges some for small ones', () => {
  const partitions = Array.from({ length: 40 }, (_, index) =>
    partition('t', index, [(index % 2) + 1], index % 2 === 0 ? 50_000_000 : 1_000_000),
  );
  const plan = makePlan({ brokers: brokersOf(2), partitions }, { kind: 'spread' });
  assert.deepEqual(loadsOf(plan, 'after', 'replicas'), [20, 20]);
  const [first = 0, second = 0] = loadsOf(plan, 'after', 'bytes');
  assert.ok(Math.abs(first - second) <= 0.2 * ((first + second) / 2), `${first} and ${second}`);
});

test('[RSG-5] replicas of a partition lie in different racks where there are enough, and no plan brings two together needlessly', () => {
  fc.assert(
    fc.property(placements, (placement) => {
      const plan = makePlan(placement, { kind: 'spread' });
      for (const { from, to } of plan.moves) assert.ok(racksOf(placement, to) >= racksOf(placement, from));
    }),
  );
  const racks = ['a', 'a', 'b', 'b', 'c', 'c'];
  const together = Array.from({ length: 30 }, (_, index) =>
    partition('t', index, index % 2 === 0 ? [1, 2, 3] : [5, 6, 4]),
  );
  const placement = { brokers: brokersOf(6, { racks }), partitions: together };
  const after = carriedOut(placement, makePlan(placement, { kind: 'spread' }));
  for (const { replicas } of after.partitions) assert.equal(racksOf(placement, replicas), 3);
  const drained = makePlan(after, { kind: 'drain', brokerId: 1 });
  for (const { to } of drained.moves) assert.equal(racksOf(placement, to), 3);
});

test('[RSG-6] a drained broker holds nothing, unless every other broker has a replica, and then the plan says so', () => {
  fc.assert(
    fc.property(placements, fc.integer({ min: 1, max: 7 }), (placement, brokerId) => {
      const plan = planOrNull(placement, { kind: 'drain', brokerId });
      if (plan === null) return;
      const others = placement.brokers.filter(({ id, isUp }) => isUp && id !== brokerId).map(({ id }) => id);
      const stuck = placement.partitions.filter(
        ({ replicas }) => replicas.includes(brokerId) && others.every((id) => replicas.includes(id)),
      );
      assert.equal(plan.brokers.find(({ id }) => id === brokerId)?.after.replicas, stuck.length);
      assert.equal(plan.limits.filter((limit) => limit.includes('cannot leave')).length, stuck.length > 0 ? 1 : 0);
      for (const { from } of plan.moves) assert.ok(from.includes(brokerId), 'nothing else moves');
    }),
  );
  const full = { brokers: brokersOf(3), partitions: [partition('orders', 0, [1, 2, 3])] };
  const plan = makePlan(full, { kind: 'drain', brokerId: 3 });
  assert.equal(plan.moves.length, 0);
  assert.match(plan.limits[0] ?? '', /1 partition of orders cannot leave broker 3.*add a broker, or lower/);
  assert.throws(() => makePlan(full, { kind: 'drain', brokerId: 9 }), /no broker 9/);
});

test('[RSG-7] a replication factor grows onto brokers without a replica and shrinks without losing the leader', () => {
  const racks = ['a', 'b', 'c', 'a'];
  const placement = {
    brokers: brokersOf(4, { racks }),
    partitions: Array.from({ length: 8 }, (_, index) => partition('t', index, [(index % 4) + 1], 10)),
  };
  const grown = makePlan(placement, { kind: 'replicationFactor', topic: 't', replicationFactor: 3 });
  checkSound(placement, grown);
  assert.deepEqual([grown.moves.length, grown.replicasAdded, grown.bytesToMove], [8, 16, 160]);
  for (const { from, to } of grown.moves) {
    assert.deepEqual([to.length, to[0], racksOf(placement, to)], [3, from[0], 3]);
  }
  const shrunk = makePlan(carriedOut(placement, grown), {
    kind: 'replicationFactor',
    topic: 't',
    replicationFactor: 1,
  });
  for (const { to, leaderBefore } of shrunk.moves) assert.deepEqual(to, [leaderBefore]);
  assert.equal(shrunk.bytesToMove, 0);
  const none = makePlan(placement, { kind: 'replicationFactor', topic: 't', replicationFactor: 1 });
  assert.equal(none.moves.length, 0);
  assert.throws(
    () => makePlan(placement, { kind: 'replicationFactor', topic: 't', replicationFactor: 5 }),
    /5 replicas need as many brokers, and 4 are up/,
  );
});

test('[RSG-7] of fewer replicas the ones on brokers that are down or out of sync go first', () => {
  const source = { ...partition('t', 0, [1, 2, 3], 10), inSyncReplicas: [1, 3] };
  const both = { brokers: brokersOf(3), partitions: [source] };
  const plan = makePlan(both, { kind: 'replicationFactor', topic: 't', replicationFactor: 2 });
  assert.deepEqual(plan.moves[0]?.to, [1, 3]);
  const down = { brokers: brokersOf(3, { down: [3] }), partitions: [{ ...source, inSyncReplicas: [1, 2] }] };
  const other = makePlan(down, { kind: 'replicationFactor', topic: 't', replicationFactor: 2 });
  assert.deepEqual(other.moves[0]?.to, [1, 2]);
});

test('[RSG-8] by hand: what is written is what moves, and mistakes are named', () => {
  const placement = { brokers: brokersOf(4, { down: [4] }), partitions: [partition('t', 0, [1, 2], 100)] };
  const byHand = (replicas: number[]) => makePlan(placement, { kind: 'byHand', topic: 't', partition: 0, replicas });
  const plan = byHand([3, 1]);
  assert.deepEqual(plan.moves, [
    { topic: 't', partition: 0, from: [1, 2], to: [3, 1], leaderBefore: 1, leaderAfter: 3, bytes: 100 },
  ]);
  assert.deepEqual(plan.elections, [{ topic: 't', partition: 0 }]);
  const turned = byHand([2, 1]);
  assert.deepEqual([turned.reordered, turned.replicasAdded, turned.moves[0]?.leaderAfter], [1, 0, 2]);
  assert.throws(() => byHand([1]), /change the replication factor/);
  assert.throws(() => byHand([1, 1]), /named twice/);
  assert.throws(() => byHand([1, 4]), /Broker 4 is down/);
  assert.throws(() => byHand([1, 9]), /no broker 9/);
});

test('[RSG-9] brokers that are down get nothing and are named', () => {
  const placement = {
    brokers: brokersOf(3, { down: [3] }),
    partitions: [partition('t', 0, [1, 3], 5), partition('t', 1, [1, 2], 5)],
  };
  const plan = makePlan(placement, { kind: 'spread' });
  assert.equal(plan.brokers[2]?.after.replicas, 1);
  assert.match(plan.limits[0] ?? '', /Broker 3 is down and keeps its 1 replica/);
});

test('[RSG-10] ten thousand partitions are planned: brokers end even, and a drained one ends with nothing', () => {
  const partitions = Array.from({ length: 10_000 }, (_, index) =>
    partition(
      `t${index % 500}`,
      Math.floor(index / 500),
      [0, 1, 2].map((step) => ((index + step) % 11) + 1),
      (index * 7919) % 90_000_000,
    ),
  );
  const placement = {
    brokers: brokersOf(12, { racks: ['a', 'b', 'c', 'd'].flatMap((rack) => [rack, rack, rack]) }),
    partitions,
  };
  const spread = makePlan(placement, { kind: 'spread' });
  assert.ok(spread.moves.length > 1_000);
  const held = spread.brokers.map(({ after }) => after.replicas);
  assert.ok(Math.max(...held) - Math.min(...held) <= 1, `brokers hold ${held}`);
  const drain = makePlan(placement, { kind: 'drain', brokerId: 2 });
  assert.ok(drain.moves.length > 1_000);
  assert.equal(drain.brokers.find(({ id }) => id === 2)?.after.replicas, 0);
});

test('[RSG-19] A plan says which of its partitions have no leader to copy from', () => {
  const leaderless = { ...partition('single', 0, [1]), leader: null };
  const placement = { brokers: brokersOf(2, { down: [1] }), partitions: [leaderless, partition('orders', 0, [2])] };
  const plan = makePlan(placement, { kind: 'drain', brokerId: 1 });
  assert.deepEqual(plan.limits, [
    '1 partition of single has no leader to copy from: the reassignment will not end before there is one, or it is cancelled.',
  ]);
  const led = { brokers: brokersOf(2), partitions: [partition('single', 0, [1])] };
  assert.deepEqual(makePlan(led, { kind: 'drain', brokerId: 1 }).limits, []);
});
