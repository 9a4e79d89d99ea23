import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { Bench } from '../testing/bench.ts';

const position = (name: string) => ({ name, partitions: [{ partitionIndex: 0, committedOffset: 1 }] });
const doomed = (...names: string[]) => names.map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }));
async function topicsOf(bench: Bench) {
  const answer = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] });
  return answer.groups?.[0]?.topics?.map(({ name }) => name);
}

test('[GRP-25] an empty group is deleted with its offsets, for good; one with members, or none, is refused', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(1);
  await bench.commit({ groupId: 'simple', topics: [position('orders')] });
  const first = await bench.deleteGroups('g', 'simple', 'nobody', 'simple');
  assert.deepEqual(
    first.results?.map(({ groupId, errorCode }) => [groupId, errorCode]),
    [
      ['g', ErrorCode.NON_EMPTY_GROUP],
      ['simple', ErrorCode.NONE],
      ['nobody', ErrorCode.GROUP_ID_NOT_FOUND],
    ],
  );
  await bench.leave({ members: [{ memberId: ids[0] ?? '' }] });
  assert.equal((await bench.deleteGroups('g')).results?.[0]?.errorCode, ErrorCode.NONE);
  await bench.restart();
  for (const groupId of ['g', 'simple']) {
    assert.equal((await bench.describe(groupId)).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
    const answer = await bench.fetch({ groups: [{ groupId, topics: null }] });
    assert.deepEqual(answer.groups?.[0]?.topics, []);
  }
});

test('[OFS-10] OffsetDelete removes what nobody subscribes to and refuses the rest with GROUP_SUBSCRIBED_TO_TOPIC', async () => {
  const bench = await Bench.ready();
  await bench.commit({ topics: [position('orders'), position('trades')] });
  await bench.stable(1);
  const request = { groupId: 'g', topics: doomed('orders', 'trades', 'nowhere') };
  const answer = await bench.coordinator.deleteOffsets(request, bench.context(0));
  assert.deepEqual(
    answer.topics?.map(({ name, partitions }) => [name, partitions?.[0]?.errorCode]),
    [
      ['orders', ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC],
      ['trades', ErrorCode.NONE],
      ['nowhere', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    ],
  );
  const beyond = { name: 'trades', partitions: [{ partitionIndex: 0 }, { partitionIndex: 99 }] };
  const mixed = await bench.coordinator.deleteOffsets({ groupId: 'g', topics: [beyond] }, bench.context(0));
  assert.deepEqual(
    mixed.topics?.[0]?.partitions?.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
  );
  await bench.restart();
  assert.deepEqual(await topicsOf(bench), ['orders']);
});

test('[OFS-10] OffsetDelete: an unknown group, and one whose members are no consumers', async () => {
  const bench = await Bench.ready();
  const ask = async (groupId: string) =>
    (await bench.coordinator.deleteOffsets({ groupId, topics: doomed('orders') }, bench.context(0))).errorCode;
  assert.equal(await ask('nobody'), ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal(await ask(''), ErrorCode.INVALID_GROUP_ID);
  await bench.stable(1, { groupId: 'workers', protocolType: 'connect' });
  assert.equal(await ask('workers'), ErrorCode.NON_EMPTY_GROUP);
});
