import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import { partitionFor } from '../hash.ts';
import { Bench, PARTITIONS } from '../testing/bench.ts';

async function withOffsets(groupId = 'g'): Promise<Bench> {
  const bench = await Bench.ready();
  const topics = [
    {
      name: 'orders',
      partitions: [3, 1].map((partitionIndex) => ({ partitionIndex, committedOffset: partitionIndex * 10 })),
    },
    { name: 'trades', partitions: [{ partitionIndex: 0, committedOffset: 7 }] },
  ];
  await bench.commit({ groupId, topics });
  return bench;
}

test('[OFS-6] null topics mean every topic with a position, in the versions that have it', async () => {
  const bench = await withOffsets();
  const expected = [
    ['orders', [3, 30], [1, 10]],
    ['trades', [0, 7]],
  ];
  const many = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] }, 9);
  const one = await bench.fetch({ groupId: 'g', topics: null }, 7);
  for (const topics of [many.groups?.[0]?.topics, one.topics]) {
    assert.deepEqual(
      topics?.map(({ name, partitions }) => [
        name,
        ...(partitions ?? []).map(({ partitionIndex, committedOffset }) => [partitionIndex, committedOffset]),
      ]),
      expected,
    );
  }
});

test('[OFS-4] what was never committed, in a known group or not, is offset −1 without an error', async () => {
  const bench = await withOffsets();
  const topics = [{ name: 'orders', partitionIndexes: [0, 3] }];
  const answer = await bench.fetch({ groups: ['g', 'nobody'].map((groupId) => ({ groupId, topics })) });
  assert.deepEqual(
    answer.groups?.map(({ errorCode, topics: found }) => [
      errorCode,
      found?.[0]?.partitions?.map((partition) => [partition.committedOffset, partition.errorCode, partition.metadata]),
    ]),
    [
      [
        0,
        [
          [-1, 0, ''],
          [30, 0, ''],
        ],
      ],
      [
        0,
        [
          [-1, 0, ''],
          [-1, 0, ''],
        ],
      ],
    ],
  );
});

test('[OFS-12] requireStable hides nothing while no transaction is open', async () => {
  const bench = await withOffsets();
  const topics = [{ name: 'orders', partitionIndexes: [3] }];
  const answer = await bench.fetch({ groups: [{ groupId: 'g', topics }], requireStable: true });
  assert.equal(answer.groups?.[0]?.topics?.[0]?.partitions?.[0]?.committedOffset, 30);
});

test('[OFS-14] a group that is coordinated elsewhere fails in the group’s place: per partition in v1, per answer from v2, per group from v8', async () => {
  const bench = await withOffsets();
  bench.coordinator.onResign(partitionFor('g', PARTITIONS));
  const topics = [{ name: 'orders', partitionIndexes: [3] }];
  const first = await bench.fetch({ groupId: 'g', topics }, 1);
  assert.equal(first.topics?.[0]?.partitions?.[0]?.errorCode, ErrorCode.NOT_COORDINATOR);
  const second = await bench.fetch({ groupId: 'g', topics }, 2);
  assert.deepEqual([second.errorCode, second.topics], [ErrorCode.NOT_COORDINATOR, []]);
  const eighth = await bench.fetch({ groups: [{ groupId: 'g', topics }] }, 8);
  assert.equal(eighth.groups?.[0]?.errorCode, ErrorCode.NOT_COORDINATOR);
});

test('[OFS-11] positions of a deleted topic are gone, also when it is made again under its name', async () => {
  const bench = await withOffsets();
  const orders = bench.topics.get('orders');
  assert.ok(orders !== undefined);
  const offsetsOf = async () => {
    const answer = await bench.fetch({
      groups: [{ groupId: 'g', topics: [{ name: 'orders', partitionIndexes: [3] }] }],
    });
    return answer.groups?.[0]?.topics?.[0]?.partitions?.[0]?.committedOffset;
  };
  // Made again while the coordinator did not hear of it: the id tells.
  bench.topics.set('orders', { ...orders, id: 'bmV3bmV3bmV3bmV3bmV3bg' });
  assert.equal(await offsetsOf(), -1);
  const all = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] });
  assert.deepEqual(
    all.groups?.[0]?.topics?.map(({ name }) => name),
    ['trades'],
  );
  // Heard of: tombstones, so that a restart does not bring them back.
  bench.coordinator.onTopicsDeleted(['orders']);
  bench.topics.set('orders', orders);
  await bench.restart();
  assert.equal(await offsetsOf(), -1);
});

test('[OFS-11] a topic deleted while the broker was down has no positions after its start', async () => {
  const bench = await withOffsets();
  const orders = bench.topics.get('orders');
  assert.ok(orders !== undefined);
  bench.topics.delete('orders');
  await bench.restart();
  bench.topics.set('orders', orders);
  const all = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] });
  assert.deepEqual(
    all.groups?.[0]?.topics?.map(({ name }) => name),
    ['trades'],
  );
});

test('[OFS-7] v10 leaves out topics whose id is unknown when all are asked for', async () => {
  const bench = await withOffsets();
  const answer = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] }, 10);
  const ids = answer.groups?.[0]?.topics?.map(({ topicId }) => topicId);
  assert.deepEqual(ids, [bench.topics.get('orders')?.id, bench.topics.get('trades')?.id]);
  assert.ok(!ids?.includes(ZERO_UUID));
});
