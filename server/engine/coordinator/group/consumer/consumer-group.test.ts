// Groups of the consumer protocol, asked over their public requests (KIP-848).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { Bench } from '../../testing/bench.ts';
import { ConsumerClient, settle } from '../../testing/consumer-client.ts';

const clientsOf = (bench: Bench, count: number, options = {}) =>
  Array.from({ length: count }, (_, i) => new ConsumerClient(bench, `m${i}`, options));

test('[CGP-10] the first member joins with epoch 0 and has everything with its first answer', async () => {
  const bench = await Bench.ready();
  const [one] = clientsOf(bench, 1);
  const answer = await one?.beat();
  assert.deepEqual(
    [answer?.errorCode, answer?.memberId, answer?.memberEpoch, answer?.heartbeatIntervalMs],
    [ErrorCode.NONE, 'm0', 2, 5000],
  );
  assert.deepEqual(one?.parts, [0, 1, 2, 3, 4, 5]);
  const again = await one?.beat();
  assert.equal(again?.assignment, null);
  assert.equal(bench.describeConsumer().groupState, 'Stable');
});

test('[CGP-11] what one member is to lose it gives back before another gets it', async () => {
  const bench = await Bench.ready();
  const [one, two] = clientsOf(bench, 2) as [ConsumerClient, ConsumerClient];
  await settle(one);
  const joined = await two.beat();
  assert.deepEqual(two.parts, []);
  assert.equal(joined.memberEpoch, 3);
  const told = await one.beat();
  // It stays in its epoch and is told what it keeps; the partitions are not free before it says so.
  assert.equal(told.memberEpoch, 2);
  assert.equal(one.parts.length, 3);
  await two.beat();
  assert.deepEqual(two.parts, []);
  assert.equal(bench.describeConsumer().groupState, 'Reconciling');
  const done = await one.beat();
  assert.equal(done.memberEpoch, 3);
  await two.beat();
  assert.deepEqual([...one.parts, ...two.parts].sort(), [0, 1, 2, 3, 4, 5]);
  await settle(one, two);
  assert.equal(bench.describeConsumer().groupState, 'Stable');
});

test('[CGP-12] a member that does not give back in its rebalance time-out is fenced, and others get its partitions', async () => {
  const bench = await Bench.ready();
  const [one, two] = clientsOf(bench, 2, { rebalanceTimeoutMs: 20_000 }) as [ConsumerClient, ConsumerClient];
  await settle(one);
  await two.beat();
  await one.beat();
  // It heartbeats, but still has what it is to lose.
  for (let ms = 0; ms < 20_000; ms += 5000) {
    await bench.pass(5000);
    await bench.beat({ memberId: 'm0', memberEpoch: 2 });
    await two.beat();
  }
  const late = await bench.beat({ memberId: 'm0', memberEpoch: 2 });
  assert.equal(late.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  await settle(two);
  assert.equal(two.parts.length, 6);
});

test('[CGP-13] a silent member is out after the session time-out; heartbeats begin it anew', async () => {
  const bench = await Bench.ready();
  const [one, two] = clientsOf(bench, 2) as [ConsumerClient, ConsumerClient];
  await settle(one, two);
  await bench.pass(40_000);
  await one.beat();
  await bench.pass(5000);
  await settle(one);
  assert.equal(one.parts.length, 6);
  assert.equal((await two.beat()).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[CGP-51] an answer tells what was decided once that is committed; a session that ends meanwhile ends, and the next heartbeat is refused', async () => {
  const bench = await Bench.ready({ 'offsets.commit.timeout.ms': '60000' });
  const [one, two] = clientsOf(bench, 2) as [ConsumerClient, ConsumerClient];
  bench.store.commitsAtOnce = false;
  const late = one.beat();
  await bench.pass(44_999);
  assert.equal(bench.describeConsumer().members?.length, 1);
  await bench.pass(1);
  assert.equal(bench.describeConsumer().members?.length, 0);
  const second = two.beat();
  await bench.settle();
  assert.deepEqual([one.parts, two.parts], [[], []], 'nobody is told what is not committed');
  bench.store.commit();
  assert.deepEqual([(await late).memberEpoch, (await second).memberEpoch], [2, 4]);
  bench.store.commitsAtOnce = true;
  assert.equal((await one.beat()).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.deepEqual([one.parts, two.parts], [[], [0, 1, 2, 3, 4, 5]]);
});

test('[CGP-14] epochs: greater or older is FENCED_MEMBER_EPOCH, the one before is served when the answer to it was lost', async () => {
  const bench = await Bench.ready();
  const [one] = clientsOf(bench, 1) as [ConsumerClient];
  await settle(one);
  const stranger = await bench.beat({ memberId: 'nobody', memberEpoch: 3 });
  assert.equal(stranger.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await bench.beat({ memberId: 'm0', memberEpoch: 9 })).errorCode, ErrorCode.FENCED_MEMBER_EPOCH);
  bench.setTopic('orders', 8);
  const lost = await bench.beat({ memberId: 'm0', memberEpoch: 2 });
  assert.equal(lost.memberEpoch, 3);
  const retry = await bench.beat({ memberId: 'm0', memberEpoch: 2, topicPartitions: one.ownedTopics() });
  assert.deepEqual([retry.errorCode, retry.memberEpoch], [ErrorCode.NONE, 3]);
  assert.equal((await bench.beat({ memberId: 'm0', memberEpoch: 2 })).errorCode, ErrorCode.FENCED_MEMBER_EPOCH);
  bench.setTopic('orders', 9);
  await bench.beat({ memberId: 'm0', memberEpoch: 3 });
  assert.equal((await bench.beat({ memberId: 'm0', memberEpoch: 2 })).errorCode, ErrorCode.FENCED_MEMBER_EPOCH);
  one.epoch = 0;
  await one.beat();
  assert.equal(one.parts.length, 9);
});

test('[CGP-15] new partitions and new topics start a rebalance with the next heartbeat', async () => {
  const bench = await Bench.ready();
  const [one] = clientsOf(bench, 1, { topics: ['orders', 'later'] }) as [ConsumerClient];
  await settle(one);
  bench.setTopic('orders', 7);
  assert.equal((await one.beat()).memberEpoch, 3);
  bench.setTopic('later', 1);
  assert.equal((await one.beat()).memberEpoch, 4);
  assert.equal(one.owned.size, 8);
  bench.setTopic('unrelated', 1);
  assert.equal((await one.beat()).memberEpoch, 4);
});

test('[CGP-16] a regular expression is resolved by the broker, again when topics change; a bad one is refused', async () => {
  const bench = await Bench.ready();
  bench.setTopic('__consumer_offsets', 4);
  const [one] = clientsOf(bench, 1, { regex: '(orders|tr.*|_.*)' }) as [ConsumerClient];
  await settle(one);
  assert.equal(one.owned.size, 8);
  bench.setTopic('trains', 3);
  await settle(one);
  assert.equal(one.owned.size, 11);
  assert.equal(bench.describeConsumer().members?.[0]?.subscribedTopicRegex, '(orders|tr.*|_.*)');
  const bad = await bench.beat({
    memberId: 'x',
    rebalanceTimeoutMs: 1,
    subscribedTopicRegex: '(?=a)',
    topicPartitions: [],
  });
  assert.equal(bad.errorCode, ErrorCode.INVALID_REGULAR_EXPRESSION);
});

test('[CGP-17] a request of no sense is INVALID_REQUEST, an unknown assignor UNSUPPORTED_ASSIGNOR, one too many GROUP_MAX_SIZE_REACHED', async () => {
  const bench = await Bench.ready({ 'group.consumer.max.size': '1' });
  const join = { memberId: 'a', rebalanceTimeoutMs: 1000, subscribedTopicNames: ['orders'], topicPartitions: [] };
  for (const wrong of [
    { memberId: '' },
    { rebalanceTimeoutMs: -1 },
    { topicPartitions: null },
    { topicPartitions: [{ topicId: 'b3JkZXJzb3JkZXJzb3JkZQ', partitions: [1] }] },
    { subscribedTopicNames: null },
    { instanceId: '' },
    { rackId: '' },
    { memberEpoch: -3 },
    { memberEpoch: -2 },
    { groupId: '' },
  ]) {
    const { errorCode, errorMessage } = await bench.beat({ ...join, ...wrong });
    assert.equal(errorCode, ErrorCode.INVALID_REQUEST, JSON.stringify(wrong));
    assert.ok(errorMessage);
  }
  const made = await bench.beat({ ...join, groupId: 'v0', memberId: '' }, 0);
  assert.ok((made.memberId ?? '').length > 0);
  const unknown = await bench.beat({ ...join, serverAssignor: 'mine' });
  assert.equal(unknown.errorCode, ErrorCode.UNSUPPORTED_ASSIGNOR);
  await bench.beat(join);
  const full = await bench.beat({ ...join, memberId: 'b' });
  assert.equal(full.errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  const nowhere = await bench.beat({ groupId: 'none', memberId: 'a', memberEpoch: 4 });
  assert.equal(nowhere.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
});

test('[CGP-27] what a heartbeat leaves out stays as it was, what it names is new', async () => {
  const bench = await Bench.ready();
  const [one] = clientsOf(bench, 1) as [ConsumerClient];
  await settle(one);
  const before = bench.describeConsumer();
  const silent = await bench.beat({ memberId: 'm0', memberEpoch: 2 });
  assert.deepEqual([silent.errorCode, silent.memberEpoch, silent.assignment], [ErrorCode.NONE, 2, null]);
  assert.deepEqual(bench.describeConsumer(), before);
  const other = await bench.beat({ memberId: 'm0', memberEpoch: 2, subscribedTopicNames: ['orders', 'trades'] });
  assert.equal(other.memberEpoch, 3);
  assert.deepEqual(
    other.assignment?.topicPartitions?.map(({ partitions }) => partitions?.length),
    [6, 2],
  );
  const ranged = await bench.beat({ memberId: 'm0', memberEpoch: 3, serverAssignor: 'range' });
  assert.deepEqual([ranged.errorCode, ranged.assignment], [ErrorCode.NONE, null]);
  assert.equal(ranged.memberEpoch, 4, 'another assignor is another assignment, though of the same partitions');
  const same = await bench.beat({ memberId: 'm0', memberEpoch: 4, serverAssignor: 'range' });
  assert.equal(same.memberEpoch, 4);
  assert.deepEqual(bench.describeConsumer().members?.[0]?.subscribedTopicNames, ['orders', 'trades']);
});

test('[CGP-18] a static member that goes away keeps its partitions, and comes back to them under a new id', async () => {
  const bench = await Bench.ready();
  const desk = new ConsumerClient(bench, 'd1', { instanceId: 'desk' });
  const [other] = clientsOf(bench, 1) as [ConsumerClient];
  await settle(desk, other);
  const had = desk.parts;
  const early = new ConsumerClient(bench, 'd2', { instanceId: 'desk' });
  assert.equal((await early.beat()).errorCode, ErrorCode.UNRELEASED_INSTANCE_ID);
  const away = await desk.leave(-2);
  assert.deepEqual([away.errorCode, away.memberEpoch], [ErrorCode.NONE, -2]);
  await other.beat();
  assert.equal(other.parts.length, 3);
  const { groupEpoch } = bench.describeConsumer();
  const back = new ConsumerClient(bench, 'd2', { instanceId: 'desk' });
  await settle(back, other);
  assert.deepEqual(back.parts, had);
  assert.equal(bench.describeConsumer().groupEpoch, groupEpoch);
  const fenced = await bench.beat({ memberId: 'd1', memberEpoch: 2, instanceId: 'desk' });
  assert.equal(fenced.errorCode, ErrorCode.FENCED_INSTANCE_ID);
  const stranger = await bench.beat({ memberId: 'd9', memberEpoch: 2, instanceId: 'chair' });
  assert.equal(stranger.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[CGP-19] a static member that stays away is out when its session ends; with -1 it leaves for good', async () => {
  const bench = await Bench.ready();
  const desk = new ConsumerClient(bench, 'd1', { instanceId: 'desk' });
  const [other] = clientsOf(bench, 1) as [ConsumerClient];
  await settle(desk, other);
  await desk.leave(-2);
  await bench.pass(30_000);
  await other.beat();
  await bench.pass(16_000);
  await settle(other);
  assert.equal(other.parts.length, 6);
  const again = new ConsumerClient(bench, 'd2', { instanceId: 'desk' });
  await settle(again, other);
  await again.leave();
  await settle(other);
  assert.equal(other.parts.length, 6);
});

test('[CGP-20] commits and reads of members are held to their epoch; from outside while there are none', async () => {
  const bench = await Bench.ready();
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, committedOffset: 7, committedLeaderEpoch: 3 }] }];
  const [one] = clientsOf(bench, 1) as [ConsumerClient];
  await settle(one);
  const commit = async (memberId: string, generationIdOrMemberEpoch: number, version = 9) => {
    const answer = await bench.commit({ memberId, generationIdOrMemberEpoch, topics }, version);
    return answer.topics?.[0]?.partitions?.[0]?.errorCode;
  };
  assert.equal(await commit('m0', 2), ErrorCode.NONE);
  assert.equal(await commit('m0', 0), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(await commit('m0', 2, 8), ErrorCode.UNSUPPORTED_VERSION);
  assert.equal(await commit('m9', 2), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(await commit('', -1), ErrorCode.UNKNOWN_MEMBER_ID);
  const fetch = async (memberId: string | null, memberEpoch: number) => {
    const answer = await bench.fetch({ groups: [{ groupId: 'g', memberId, memberEpoch, topics: null }] });
    const group = answer.groups?.[0];
    return group?.errorCode || group?.topics?.[0]?.partitions?.[0]?.committedOffset;
  };
  assert.equal(await fetch('m0', 2), 7);
  assert.equal(await fetch(null, -1), 7);
  assert.equal(await fetch('m0', 0), ErrorCode.STALE_MEMBER_EPOCH);
  assert.equal(await fetch('m9', 2), ErrorCode.UNKNOWN_MEMBER_ID);
  await one.leave();
  assert.equal(await commit('', -1), ErrorCode.NONE);
});

test('[CGP-21] groups are listed, described and deleted as what they are', async () => {
  const bench = await Bench.ready();
  const [one] = clientsOf(bench, 1) as [ConsumerClient];
  await settle(one);
  await bench.stable(1, { groupId: 'old' });
  const list = (statesFilter: string[], typesFilter: string[]) =>
    (bench.coordinator.listGroups({ statesFilter, typesFilter }, bench.context(5)).groups ?? []).map(
      ({ groupId, groupType, groupState }) => `${groupId} ${groupType} ${groupState}`,
    );
  assert.deepEqual(list([], []).sort(), ['g consumer Stable', 'old classic Stable']);
  assert.deepEqual(list([], ['Consumer']), ['g consumer Stable']);
  assert.deepEqual(list(['empty'], []), []);
  const group = bench.describeConsumer();
  assert.deepEqual(
    [group.groupEpoch, group.assignmentEpoch, group.assignorName, group.members?.[0]?.memberType],
    [2, 2, 'uniform', 1],
  );
  assert.equal(group.members?.[0]?.subscribedTopicRegex, '');
  assert.equal(bench.describeConsumer('old').errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal((await bench.describe('g')).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal((await bench.deleteGroups('g')).results?.[0]?.errorCode, ErrorCode.NON_EMPTY_GROUP);
  await one.leave();
  const { groupState, groupEpoch, assignmentEpoch } = bench.describeConsumer();
  assert.deepEqual([groupState, groupEpoch, assignmentEpoch], ['Empty', 3, 3]);
  assert.equal((await bench.deleteGroups('g')).results?.[0]?.errorCode, ErrorCode.NONE);
  await bench.restart();
  assert.equal(bench.describeConsumer().errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
});

test('[CGP-22] offsets of topics a member subscribes to cannot be deleted and do not expire; empty groups without offsets go', async () => {
  const bench = await Bench.ready({ 'offsets.retention.minutes': '1' });
  const [one] = clientsOf(bench, 1) as [ConsumerClient];
  await settle(one);
  const positions = (name: string) => ({ name, partitions: [{ partitionIndex: 0, committedOffset: 7 }] });
  const topics = [positions('orders'), positions('trades')];
  await bench.commit({ memberId: 'm0', generationIdOrMemberEpoch: 2, topics });
  const deletion = await bench.coordinator.deleteOffsets(
    { groupId: 'g', topics: ['orders', 'trades'].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] })) },
    bench.context(0),
  );
  assert.deepEqual(
    deletion.topics?.map(({ partitions }) => partitions?.[0]?.errorCode),
    [ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC, ErrorCode.NONE],
  );
  await bench.commit({ memberId: 'm0', generationIdOrMemberEpoch: 2, topics });
  for (let ms = 0; ms < 600_000; ms += 30_000) {
    await bench.pass(30_000);
    await one.beat();
  }
  const left = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] });
  assert.deepEqual(
    left.groups?.[0]?.topics?.map(({ name }) => name),
    ['orders'],
  );
  await one.leave();
  await bench.pass(600_000);
  assert.equal(bench.describeConsumer().errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
});

test('[CGP-23] groups outlive the broker: epochs, assignments and what is under way', async () => {
  const bench = await Bench.ready();
  const [one, two] = clientsOf(bench, 2) as [ConsumerClient, ConsumerClient];
  await settle(one);
  await two.beat();
  await one.beat();
  const before = bench.describeConsumer();
  await bench.restart();
  assert.deepEqual(bench.describeConsumer(), before);
  await settle(one, two);
  assert.deepEqual([...one.parts, ...two.parts].sort(), [0, 1, 2, 3, 4, 5]);
  await bench.restart();
  await bench.pass(45_000);
  assert.equal(bench.describeConsumer().groupState, 'Empty');
});

test('[CGP-24] session time-out and heartbeat interval are the group’s own, within the broker’s bounds', async () => {
  const bench = await Bench.ready({ 'group.consumer.min.heartbeat.interval.ms': '1000' });
  bench.settings.set('g consumer.heartbeat.interval.ms', '500');
  bench.settings.set('g consumer.session.timeout.ms', '50000');
  const [one] = clientsOf(bench, 1) as [ConsumerClient];
  assert.equal((await one.beat()).heartbeatIntervalMs, 1000);
  await bench.pass(49_000);
  assert.equal(bench.describeConsumer().members?.length, 1);
  await bench.pass(1000);
  assert.equal(bench.describeConsumer().members?.length, 0);
});

test('[CGP-25] the assignor most members ask for decides: range gives neighbours', async () => {
  const bench = await Bench.ready();
  const [one, two] = clientsOf(bench, 2, { assignor: 'range' }) as [ConsumerClient, ConsumerClient];
  await settle(one, two);
  assert.deepEqual(
    [one.parts, two.parts],
    [
      [0, 1, 2],
      [3, 4, 5],
    ],
  );
  assert.equal(bench.describeConsumer().assignorName, 'range');
});
