import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RequestInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { offsetCommit } from '../../../protocol/schema/08-offset-commit.ts';
import { Bench } from '../testing/bench.ts';

type Commit = RequestInput<typeof offsetCommit>;
type Partition = NonNullable<NonNullable<Commit['topics']>[number]['partitions']>[number];

const at = (partitionIndex: number, committedOffset: number | bigint, more: Partition = {}): Partition => ({
  partitionIndex,
  committedOffset,
  ...more,
});
async function codes(bench: Bench, partitions: Partition[], request: Commit = {}, version = 9, name = 'orders') {
  const answer = await bench.commit({ topics: [{ name, partitions }], ...request }, version);
  return answer.topics?.[0]?.partitions?.map(({ errorCode }) => errorCode);
}
async function committed(bench: Bench, partition: number, groupId = 'g', name = 'orders') {
  const groups = [{ groupId, topics: [{ name, partitionIndexes: [partition] }] }];
  return (await bench.fetch({ groups })).groups?.[0]?.topics?.[0]?.partitions?.[0];
}

test('[OFS-1] from outside, an empty or unknown group takes commits ("simple"); one with members answers UNKNOWN_MEMBER_ID', async () => {
  const bench = await Bench.ready();
  assert.deepEqual(await codes(bench, [at(0, 5)]), [ErrorCode.NONE]);
  assert.equal((await committed(bench, 0))?.committedOffset, 5);
  assert.equal((await bench.describe()).groupState, 'Empty');
  await bench.stable(1);
  assert.deepEqual(await codes(bench, [at(0, 6)]), [ErrorCode.UNKNOWN_MEMBER_ID]);
  assert.equal((await committed(bench, 0))?.committedOffset, 5);
});

test('[OFS-2] a member commits in its own generation only, and not before it has its assignment', async () => {
  const bench = await Bench.ready();
  const unknown = { generationIdOrMemberEpoch: 3, memberId: 'x' };
  assert.deepEqual(await codes(bench, [at(0, 1)], unknown, 8), [ErrorCode.ILLEGAL_GENERATION], 'no such group');
  assert.deepEqual(
    await codes(bench, [at(0, 1)], unknown),
    [ErrorCode.GROUP_ID_NOT_FOUND],
    'and its client can be told',
  );
  const { memberId } = await bench.enter();
  await bench.pass(0);
  const as = (generationIdOrMemberEpoch: number, id = memberId) => ({ generationIdOrMemberEpoch, memberId: id });
  assert.deepEqual(await codes(bench, [at(0, 1)], as(1)), [ErrorCode.REBALANCE_IN_PROGRESS]);
  await bench.assign([memberId], 1);
  assert.deepEqual(await codes(bench, [at(0, 1)], as(2)), [ErrorCode.ILLEGAL_GENERATION]);
  assert.deepEqual(await codes(bench, [at(0, 1)], as(1, 'stranger')), [ErrorCode.UNKNOWN_MEMBER_ID]);
  assert.deepEqual(await codes(bench, [at(0, 1)], as(1)), [ErrorCode.NONE]);
  await bench.enter();
  assert.deepEqual(
    await codes(bench, [at(0, 2)], as(1)),
    [ErrorCode.NONE],
    'before rejoining, members commit what they did',
  );
});

test('[OFS-3] metadata comes back as it went in, up to 4096 characters; longer is OFFSET_METADATA_TOO_LARGE for that partition alone', async () => {
  const bench = await Bench.ready();
  const longest = 'ü'.repeat(4096);
  const partitions = [
    at(0, 1, { committedMetadata: longest }),
    at(1, 2, { committedMetadata: `${longest}!` }),
    at(2, 3, { committedMetadata: null }),
  ];
  const { NONE, OFFSET_METADATA_TOO_LARGE } = ErrorCode;
  assert.deepEqual(await codes(bench, partitions), [NONE, OFFSET_METADATA_TOO_LARGE, NONE]);
  assert.equal((await committed(bench, 0))?.metadata, longest);
  assert.equal((await committed(bench, 1))?.committedOffset, -1);
  assert.equal((await committed(bench, 2))?.metadata, '');
});

test('[OFS-4] an unknown topic or partition is UNKNOWN_TOPIC_OR_PARTITION, beside others that are stored', async () => {
  const bench = await Bench.ready();
  const { NONE, UNKNOWN_TOPIC_OR_PARTITION } = ErrorCode;
  assert.deepEqual(await codes(bench, [at(5, 1), at(6, 1), at(-1, 1)]), [
    NONE,
    UNKNOWN_TOPIC_OR_PARTITION,
    UNKNOWN_TOPIC_OR_PARTITION,
  ]);
  assert.deepEqual(await codes(bench, [at(0, 1)], {}, 9, 'nowhere'), [UNKNOWN_TOPIC_OR_PARTITION]);
});

test('[OFS-4] a partition that comes while the commit waits was not committed, and one that goes was', async () => {
  const bench = await Bench.ready();
  bench.store.commitsAtOnce = false;
  const answer = codes(bench, [at(0, 1), at(6, 1)]);
  bench.setTopic('orders', 7);
  bench.store.commit();
  assert.deepEqual(await answer, [ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]);
  const other = codes(bench, [at(6, 2)]);
  bench.setTopic('orders', 6);
  bench.store.commit();
  assert.deepEqual(await other, [ErrorCode.NONE]);
});

test('[OFS-5] the leader epoch of a commit comes back with it', async () => {
  const bench = await Bench.ready();
  await codes(bench, [at(0, 9, { committedLeaderEpoch: 7 }), at(1, 9)]);
  assert.equal((await committed(bench, 0))?.committedLeaderEpoch, 7);
  assert.equal((await committed(bench, 1))?.committedLeaderEpoch, -1);
});

test('[OFS-7] v10 names topics by id; an unknown id is UNKNOWN_TOPIC_ID', async () => {
  const bench = await Bench.ready();
  const topicId = bench.topics.get('orders')?.id ?? '';
  const unknownId = 'enp6enp6enp6enp6enp6eg';
  const topics = [topicId, unknownId].map((id) => ({ topicId: id, partitions: [at(0, 4)] }));
  const answer = await bench.commit({ topics }, 10);
  assert.deepEqual(
    answer.topics?.map((topic) => [topic.topicId, topic.partitions?.[0]?.errorCode]),
    [
      [topicId, ErrorCode.NONE],
      [unknownId, ErrorCode.UNKNOWN_TOPIC_ID],
    ],
  );
  const asked = [topicId, unknownId].map((id) => ({ topicId: id, partitionIndexes: [0] }));
  const fetched = await bench.fetch({ groups: [{ groupId: 'g', topics: asked }] }, 10);
  assert.deepEqual(
    fetched.groups?.[0]?.topics?.map(({ partitions }) => [
      partitions?.[0]?.committedOffset,
      partitions?.[0]?.errorCode,
    ]),
    [
      [4, ErrorCode.NONE],
      [-1, ErrorCode.UNKNOWN_TOPIC_ID],
    ],
  );
});

test('[OFS-8] a commit renews the member’s session', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(1, { sessionTimeoutMs: 10_000 });
  await bench.pass(9000);
  await codes(bench, [at(0, 1)], { generationIdOrMemberEpoch: generation, memberId: ids[0] ?? '' });
  await bench.pass(9000);
  assert.equal(bench.heartbeat(ids[0] ?? '', generation), ErrorCode.NONE);
});

test('[OFS-13] one commit of very many partitions is split over batches that a broker takes', async () => {
  const bench = await Bench.ready();
  bench.topics.set('wide', { id: 'd2lkZXdpZGV3aWRld2lkZQ', partitions: 300 });
  const partitions = Array.from({ length: 300 }, (_, i) => at(i, i, { committedMetadata: 'm'.repeat(4096) }));
  const outcome = await codes(bench, partitions, {}, 9, 'wide');
  assert.ok(outcome?.every((code) => code === ErrorCode.NONE));
  assert.equal(bench.store.appends, 3);
  await bench.restart();
  assert.equal((await committed(bench, 299, 'g', 'wide'))?.committedOffset, 299);
});

test('[OFS-18] any offset comes back to the last digit, also from the log: 2^53, what follows it and the largest there is', async () => {
  const bench = await Bench.ready();
  const offsets = [2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2 ** 53 - 1];
  for (const [partition, offset] of offsets.entries())
    assert.deepEqual(await codes(bench, [at(partition, offset)]), [ErrorCode.NONE]);
  const told = () => Promise.all(offsets.map(async (_, i) => (await committed(bench, i))?.committedOffset));
  assert.deepEqual(await told(), offsets);
  await bench.restart();
  assert.deepEqual(await told(), offsets);
});
