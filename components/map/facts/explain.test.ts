import assert from 'node:assert/strict';
import test from 'node:test';
import type { MapPartition, MapView } from '../../../server/live/contract.ts';
import { changedIds } from '../drawing/flash.ts';
import { readTopics } from '../map-params.ts';
import { partitionState, replicasOf } from '../replica-state.ts';
import { readSelection, related, type Selection, writeSelection } from '../selection.ts';
import { explain } from './explain.ts';
import { partitionFacts, sortPartitions } from './facts.ts';

const partition = (number: number, over: Partial<MapPartition> = {}): MapPartition => ({
  topic: 'orders',
  partition: number,
  leader: 2,
  leaderEpoch: 4,
  replicas: [2, 1, 3],
  inSyncReplicas: [2, 1, 3],
  endOffset: 500,
  inRecordsPerSecond: 10,
  behindRecords: [0, 0, 0],
  outSinceMs: [null, null, null],
  ...over,
});
const broker = (id: number, isUp = true) => ({
  id,
  address: `h:${id}`,
  rack: null,
  isUp,
  leaders: 4,
  replicas: 9,
  inRecordsPerSecond: 12,
});
const view = (over: Partial<MapView> = {}): MapView => ({
  freshness: { sampledAtMs: 0, intervalMs: 1000 },
  problems: [],
  topicCount: 1,
  partitionCount: 2,
  brokerCount: 3,
  groupCount: 1,
  missingTopics: [],
  topics: [
    {
      name: 'orders',
      isInternal: false,
      partitions: 2,
      drawn: 2,
      restLeaderless: 0,
      restUnderReplicated: 0,
      inRecordsPerSecond: 20,
    },
  ],
  partitions: [partition(0), partition(1)],
  brokers: [broker(1), broker(2), broker(3)],
  groups: [
    {
      groupId: 'billing',
      state: 'Stable',
      members: [{ memberId: 'm', clientId: 'c', host: 'h' }],
      memberCount: 1,
      totalLag: 7,
      outRecordsPerSecond: 3,
      partitions: [{ topic: 'orders', partition: 1, memberId: 'm', lag: 7, outRecordsPerSecond: 3 }],
    },
  ],
  producers: {
    source: 'connections',
    rows: [{ key: 'p 1', name: 'shop', note: 'kafkajs', brokers: [2], topics: ['orders'], recordsPerSecond: 20 }],
    total: 1,
  },
  events: [],
  ...over,
});
const ids = (...selection: [Selection]) => [...(related(view(), ...selection) ?? [])].sort();

test('[MAP-20] a replica is leader, in sync, out of sync or offline, and a partition is as well as its replicas', () => {
  const isUp = new Map([
    [1, true],
    [2, true],
    [3, false],
  ]);
  const shrunk = partition(0, { inSyncReplicas: [2], behindRecords: [0, 120, null] });
  assert.deepEqual(
    replicasOf(shrunk, isUp).map(({ broker: id, state }) => [id, state]),
    [
      [2, 'leader'],
      [1, 'lagging'],
      [3, 'offline'],
    ],
  );
  assert.equal(partitionState(shrunk, isUp), 'underReplicated');
  assert.equal(
    partitionState(
      partition(0),
      new Map([
        [1, true],
        [2, true],
        [3, true],
      ]),
    ),
    'ok',
  );
  assert.equal(partitionState(partition(0, { leader: null }), isUp), 'leaderless');
  assert.equal(
    partitionState(partition(0, { leader: 3 }), isUp),
    'leaderless',
    'the leader is down, none is elected yet',
  );
});

test('[MAP-21] the selection is told in plain sentences, with how far behind and since when', () => {
  const shrunk = view({
    partitions: [
      partition(0, { inSyncReplicas: [2, 1], behindRecords: [0, 0, 120], outSinceMs: [null, null, 88_000] }),
      partition(1),
    ],
  });
  assert.deepEqual(explain(shrunk, { kind: 'partition', topic: 'orders', partition: 0 }, 100_000)?.sentences, [
    'Partition 0 of orders: leader 2, followers 1 and 3.',
    'Broker 3 is behind by 120 records and left the in-sync set 12 s ago.',
  ]);
  assert.deepEqual(explain(view(), { kind: 'partition', topic: 'orders', partition: 1 }, 0)?.sentences, [
    'Partition 1 of orders: leader 2, followers 1 and 3.',
    'Group billing has 7 records left to read.',
  ]);
  const dead = view({
    brokers: [broker(1), broker(2, false), broker(3)],
    partitions: [partition(0, { leader: null })],
  });
  assert.match(
    explain(dead, { kind: 'partition', topic: 'orders', partition: 0 }, 0)?.sentences[0] ?? '',
    /no leader, so nobody can write or read/,
  );
  assert.match(
    explain(dead, { kind: 'broker', broker: 2 }, 0)?.sentences.join(' ') ?? '',
    /Broker 2 is down\..*1 drawn partition wait/,
  );
  assert.match(
    explain(view(), { kind: 'broker', broker: 1 }, 0)?.sentences[0] ?? '',
    /Broker 1 leads 4 partitions and follows 5 more/,
  );
  assert.match(
    explain(view(), { kind: 'topic', topic: 'orders' }, 0)?.sentences.join(' ') ?? '',
    /2 partitions, each kept 3 times.*1 group reads it/,
  );
  assert.match(
    explain(view(), { kind: 'group', groupId: 'billing' }, 0)?.sentences.join(' ') ?? '',
    /one consumer that reads 1 drawn partition.*7 records wait/,
  );
  assert.match(
    explain(view(), { kind: 'producer', key: 'p 1' }, 0)?.sentences[0] ?? '',
    /Shop writes to orders through broker 2\./,
  );
  assert.equal(explain(view(), { kind: 'topic', topic: 'gone' }, 0), null);
});

test('[MAP-22] a selection belongs with its relations, and reads back from the address as it was written', () => {
  assert.deepEqual(ids({ kind: 'partition', topic: 'orders', partition: 0 }), [
    'broker:1',
    'broker:2',
    'broker:3',
    'partition:orders/0',
    'producer:p 1',
    'replica:orders/0@1',
    'replica:orders/0@2',
    'replica:orders/0@3',
    'topic:orders',
  ]);
  assert.deepEqual(ids({ kind: 'group', groupId: 'billing' }), [
    'broker:2',
    'group:billing',
    'replica:orders/1@2',
    'topic:orders',
  ]);
  assert.deepEqual(ids({ kind: 'broker', broker: 1 }), [
    'broker:1',
    'replica:orders/0@1',
    'replica:orders/1@1',
    'topic:orders',
  ]);
  assert.ok(ids({ kind: 'broker', broker: 2 }).includes('group:billing'));
  assert.equal(related(view(), { kind: 'group', groupId: 'gone' }), null, 'nothing is dimmed for what is not there');
  const all: Selection[] = [
    { kind: 'topic', topic: 'a.b' },
    { kind: 'partition', topic: 'a.b', partition: 12 },
    { kind: 'broker', broker: 3 },
    { kind: 'group', groupId: 'a:b/c' },
    { kind: 'producer', key: 'x y:1' },
  ];
  for (const selection of all) assert.deepEqual(readSelection(writeSelection(selection)), selection);
  for (const text of [null, '', 'topic:', 'broker:x', 'partition:a', 'partition:a/', 'other:1'])
    assert.equal(readSelection(text), null);
});

test('[MAP-23] what changed flashes: a moved leader, a replica that left or joined, a broker down, a group that was rebalanced', () => {
  assert.deepEqual(changedIds(view(), view()), []);
  const moved = view({
    brokers: [broker(1), broker(2, false), broker(3)],
    partitions: [partition(0, { leader: 1, inSyncReplicas: [3, 1] }), partition(1, { inSyncReplicas: [3, 2, 1] })],
  });
  assert.deepEqual(changedIds(view(), moved), ['broker:2', 'replica:orders/0@2', 'replica:orders/0@1']);
  const [group] = view().groups;
  const rebalanced = view({ groups: group === undefined ? [] : [{ ...group, partitions: [] }] });
  assert.deepEqual(changedIds(view(), rebalanced), ['group:billing']);
  assert.deepEqual(
    changedIds(view({ partitions: [], brokers: [], groups: [] }), view()),
    [],
    'what is new on the map is no change',
  );
});

test('[MAP-24] the table sorts the whole set, the unknown last either way', () => {
  const facts = partitionFacts(
    view({
      partitions: [partition(0, { inRecordsPerSecond: 5 }), partition(1, { inRecordsPerSecond: null }), partition(2)],
    }),
  );
  const order = (by: string, isDescending: boolean) =>
    sortPartitions(facts, { by, isDescending }).map((each) => each.partition);
  assert.deepEqual(order('rate', false), [0, 2, 1]);
  assert.deepEqual(order('rate', true), [2, 0, 1]);
  assert.deepEqual(order('name', true), [2, 1, 0]);
  assert.deepEqual(
    facts.map(({ lag }) => lag),
    [null, 7, null],
  );
});

test('[MAP-25] chosen topics come from the address: names that can be, each once, no more than can be drawn', () => {
  assert.deepEqual(readTopics('a,b.c,,a,x y,é,_z-1'), ['a', 'b.c', '_z-1']);
  assert.equal(readTopics(Array.from({ length: 30 }, (_, at) => `t${at}`).join()).length, 8);
  assert.deepEqual(readTopics(null), []);
});
