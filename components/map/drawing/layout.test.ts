import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { nextScale, scaleFor, startingDots } from '../flows/dot-scale.ts';
import { flowsOf, lengthOf, sample } from '../flows/flows.ts';
import { COMPACT_BELOW, layOut, type Rect, type Scene } from './layout.ts';
import { nextPlace } from './move-focus.ts';

function sceneOf(shape: {
  topics: readonly number[];
  brokers: number;
  racks: number;
  groups: readonly number[];
  producers: number;
  factor: number;
}): Scene {
  const topics = shape.topics.map((count, index) => ({
    name: `t${index}`,
    isInternal: false,
    partitions: count * 2,
    drawn: count,
    restLeaderless: 0,
    restUnderReplicated: 0,
    inRecordsPerSecond: 1,
  }));
  return {
    topics,
    partitions: topics.flatMap(({ name, drawn }, topic) =>
      Array.from({ length: drawn }, (_, partition) => ({
        topic: name,
        partition,
        replicas: Array.from(
          { length: Math.min(shape.factor, shape.brokers) },
          (_each, at) => ((topic + partition + at) % shape.brokers) + 1,
        ),
      })),
    ),
    brokers: Array.from({ length: shape.brokers }, (_, at) => ({
      id: at + 1,
      rack: shape.racks === 0 ? null : `r${at % shape.racks}`,
    })),
    groups: shape.groups.map((members, at) => ({
      groupId: `g${at}`,
      memberCount: members + 1,
      members: Array.from({ length: members }, (_, each) => ({ memberId: `g${at}m${each}`, clientId: 'c', host: 'h' })),
    })),
    producers: Array.from({ length: shape.producers }, (_, at) => ({ key: `p${at}` })),
    hasProducers: shape.producers > 0,
  };
}
const shapes = fc.record({
  topics: fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 }),
  brokers: fc.integer({ min: 1, max: 12 }),
  racks: fc.integer({ min: 0, max: 4 }),
  groups: fc.array(fc.nat(6), { maxLength: 6 }),
  producers: fc.nat(8),
  factor: fc.integer({ min: 1, max: 4 }),
});
const widths = fc.integer({ min: 320, max: 2000 });
const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const within = (inner: Rect, outer: Rect) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

test('[MAP-10] nothing on the map overlaps, whatever the cluster and the width; tiles lie in their lane, lanes in their rack', () => {
  fc.assert(
    fc.property(shapes, widths, (shape, width) => {
      const scene = sceneOf(shape);
      const layout = layOut(scene, width);
      const whole = { x: 0, y: 0, width: layout.width, height: layout.height };
      const blocks = [...layout.lanes, ...layout.topics, ...layout.groups, ...layout.producers];
      for (const [at, rect] of blocks.entries()) {
        assert.ok(within(rect, whole), `${JSON.stringify(rect)} is outside`);
        for (const other of blocks.slice(at + 1)) assert.ok(!overlap(rect, other), 'blocks overlap');
      }
      for (const [at, tile] of layout.tiles.entries()) {
        const lane = layout.lanes.find(({ broker }) => broker === tile.broker);
        assert.ok(lane !== undefined && within(tile, lane), 'a tile left its lane');
        for (const other of layout.tiles.slice(at + 1)) assert.ok(!overlap(tile, other), 'tiles overlap');
      }
      if (layout.racks.length > 0) {
        for (const lane of layout.lanes) assert.equal(layout.racks.filter((rack) => within(lane, rack)).length, 1);
      }
      assert.equal(
        layout.tiles.length,
        scene.partitions.reduce((sum, { replicas }) => sum + replicas.length, 0),
      );
      assert.equal(layout.isCompact, width < COMPACT_BELOW);
    }),
    { numRuns: 150 },
  );
});

test('[MAP-11] the picture is the same for the same facts, and tiles keep their place whoever leads', () => {
  fc.assert(
    fc.property(shapes, widths, (shape, width) => {
      const scene = sceneOf(shape);
      const led = { ...scene, partitions: scene.partitions.map((each) => ({ ...each, leader: each.replicas.at(-1) })) };
      assert.deepEqual(layOut(scene, width), layOut(led, width));
    }),
    { numRuns: 30 },
  );
});

test('[MAP-12] lines begin and end where their things stand, and points along them are evenly spaced', () => {
  const scene = sceneOf({ topics: [3], brokers: 3, racks: 0, groups: [1], producers: 1, factor: 2 });
  const layout = layOut(scene, 1000);
  const partitions = scene.partitions.map((each) => ({
    ...each,
    leader: each.replicas[0] ?? null,
    leaderEpoch: 0,
    inSyncReplicas: each.replicas,
    endOffset: 1,
    inRecordsPerSecond: 5,
    behindRecords: [],
    outSinceMs: [],
  }));
  const read = { topic: 't0', lag: 0, outRecordsPerSecond: 2 };
  const groups = [
    {
      groupId: 'g0',
      state: 'Stable',
      memberCount: 1,
      members: [{ memberId: 'g0m0', clientId: 'c', host: 'h' }],
      totalLag: 0,
      outRecordsPerSecond: 4,
      partitions: [
        { ...read, partition: 0, memberId: 'g0m0' },
        { ...read, partition: 1, memberId: null },
      ],
    },
  ];
  const producer = { key: 'p0', name: 'p', note: '', brokers: [1], topics: ['t0', 'elsewhere'], recordsPerSecond: 9 };
  const flows = flowsOf(layout, { partitions, groups, producers: [producer], topicRates: new Map([['t0', 7]]) });
  assert.deepEqual(
    flows.map(({ key, recordsPerSecond }) => [key, recordsPerSecond]),
    [
      ['produce p0 t0', 7],
      ['in t0-0', 5],
      ['in t0-1', 5],
      ['in t0-2', 5],
      ['out g0 t0-0', 2],
    ],
  );
  for (const { path, kind, partition, broker } of flows) {
    const points = sample(path, 50);
    const steps = Array.from({ length: 50 }, (_, at) => {
      const [x, y, nextX, nextY] = points.slice(at * 2, at * 2 + 4);
      return Math.hypot((nextX ?? 0) - (x ?? 0), (nextY ?? 0) - (y ?? 0));
    });
    assert.ok(Math.max(...steps) <= (lengthOf(path) / 50) * 1.02, 'no step is longer than its share');
    const tile = layout.tiles.find((each) => each.partition === partition && each.broker === broker);
    if (kind === 'in') assert.deepEqual([points.at(-2), points.at(-1)], [(tile?.x ?? 0) + 17, tile?.y]);
    if (kind === 'out') assert.deepEqual([points[0], points[1]], [(tile?.x ?? 0) + 17, (tile?.y ?? 0) + 24]);
  }
  assert.deepEqual(
    flowsOf(layOut(scene, 390), { partitions, groups, producers: [producer], topicRates: new Map() }),
    [],
  );
});

test('[MAP-13] one dot stands for a round number of records: never more dots than can be seen, and the scale is steady', () => {
  assert.deepEqual([0, 30, 60, 150, 300, 700, 1_500, 100_000].map(scaleFor), [1, 1, 2, 5, 10, 20, 50, 5_000]);
  assert.equal(nextScale(10, 300), 10);
  assert.equal(nextScale(10, 420), 10, 'a little more keeps the scale');
  assert.equal(nextScale(10, 90), 10);
  assert.equal(nextScale(10, 60), 2);
  assert.equal(nextScale(1, 0), 1);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 1, max: 50 }), (rate, scale) => {
      let due = 0;
      let started = 0;
      for (let at = 0; at < 1_000; at += 1) {
        const next = startingDots(due, rate, scale, 10);
        due = next.due;
        started += next.count;
      }
      const wanted = Math.min(3 * 1_000, (rate / scale) * 10);
      assert.ok(Math.abs(started - wanted) <= 1, `${started} instead of ${wanted}`);
    }),
  );
});

test('[MAP-14] arrow keys lead to what lies that way: from a lane into it, from tile to tile, to the columns beside it', () => {
  const layout = layOut(sceneOf({ topics: [3], brokers: 2, racks: 0, groups: [1], producers: 1, factor: 2 }), 1000);
  const places = [
    ...layout.producers.map((rect) => ({ ...rect, id: rect.key })),
    ...layout.topics.map((rect) => ({ ...rect, id: rect.topic })),
    ...layout.lanes.map((rect) => ({ ...rect, id: `b${rect.broker}` })),
    ...layout.tiles.map((rect) => ({ ...rect, id: `${rect.partition}@${rect.broker}` })),
    ...layout.groups.map((rect) => ({ ...rect, id: rect.groupId })),
  ];
  const walk = (from: string, ...steps: readonly ('left' | 'right' | 'up' | 'down')[]) =>
    steps.reduce<string | null>((at, step) => (at === null ? null : nextPlace(places, at, step)), from);
  assert.equal(walk('b1', 'down'), '0@1');
  assert.equal(walk('0@1', 'right', 'right'), '2@1');
  assert.equal(walk('0@1', 'up'), 'b1');
  assert.equal(walk('0@1', 'down', 'down'), '0@2');
  assert.equal(walk('2@1', 'right'), 'g0');
  assert.equal(walk('t0', 'left'), 'p0');
  assert.equal(walk('p0', 'left'), null);
  const reached = new Set(['b1']);
  const queue = ['b1'];
  for (let from = queue.shift(); from !== undefined; from = queue.shift()) {
    for (const step of ['left', 'right', 'up', 'down'] as const) {
      const to = nextPlace(places, from, step);
      if (to === null || reached.has(to)) continue;
      reached.add(to);
      queue.push(to);
    }
  }
  assert.equal(reached.size, places.length, 'everything can be reached');
});
