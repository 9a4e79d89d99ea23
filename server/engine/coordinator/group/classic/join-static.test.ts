import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { Bench } from '../../testing/bench.ts';

/** Two static members, "one" leading, with assignments "part 0" and "part 1". */
async function stablePair(bench: Bench, version = 9) {
  const joins = [];
  for (const groupInstanceId of ['one', 'two']) joins.push(await bench.join({ groupInstanceId, version }));
  await bench.pass(0);
  const ids = joins.map(({ value }) => value.memberId ?? '');
  await bench.assign(ids, 1);
  return { one: ids[0] ?? '', two: ids[1] ?? '' };
}

test('[GRP-18] a static member that comes back takes its old place without a rebalance, with its assignment', async () => {
  const bench = await Bench.ready();
  const { one, two } = await stablePair(bench);
  const back = (await bench.join({ groupInstanceId: 'two' })).value;
  assert.equal(back.errorCode, ErrorCode.NONE);
  assert.equal(back.generationId, 1);
  assert.notEqual(back.memberId, two);
  assert.equal((await bench.describe()).groupState, 'Stable');
  const synced = await bench.sync({ memberId: back.memberId, groupInstanceId: 'two', generationId: 1 });
  assert.equal(String(synced.value.assignment), 'part 1');
  assert.equal(bench.heartbeat(one, 1, 'one'), ErrorCode.NONE);
});

test('[GRP-18] a static member that comes back is described by the client it was first', async () => {
  const bench = await Bench.ready();
  await stablePair(bench);
  const back = (await bench.join({ groupInstanceId: 'two', clientId: 'another' })).value;
  const described = (await bench.describe()).members?.find(({ memberId }) => memberId === back.memberId);
  assert.equal(described?.clientId, 'app');
});

test('[GRP-18] the id before it is fenced in every request', async () => {
  const bench = await Bench.ready();
  const { two } = await stablePair(bench);
  await bench.join({ groupInstanceId: 'two' });
  const who = { memberId: two, groupInstanceId: 'two' };
  assert.equal(bench.heartbeat(two, 1, 'two'), ErrorCode.FENCED_INSTANCE_ID);
  assert.equal((await bench.sync({ ...who, generationId: 1 })).value.errorCode, ErrorCode.FENCED_INSTANCE_ID);
  assert.equal((await bench.join(who)).value.errorCode, ErrorCode.FENCED_INSTANCE_ID);
  assert.equal((await bench.leave({ members: [who] })).members?.[0]?.errorCode, ErrorCode.FENCED_INSTANCE_ID);
  const committed = await bench.commit({
    ...who,
    generationIdOrMemberEpoch: 1,
    topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, committedOffset: 1 }] }],
  });
  assert.equal(committed.topics?.[0]?.partitions?.[0]?.errorCode, ErrorCode.FENCED_INSTANCE_ID);
});

test('[GRP-18] what the id before it had parked is answered FENCED_INSTANCE_ID', async () => {
  const bench = await Bench.ready({ 'group.initial.rebalance.delay.ms': '3000' });
  const first = await bench.join({ groupInstanceId: 'one' });
  const second = await bench.join({ groupInstanceId: 'one' });
  assert.equal(first.value.errorCode, ErrorCode.FENCED_INSTANCE_ID);
  await bench.pass(3000);
  assert.equal(second.value.errorCode, ErrorCode.NONE);
  assert.equal(second.value.members?.length, 1);
});

test('[GRP-18] a leader that comes back is told to skip the assignment from v9 on; before, that another leads', async () => {
  const bench = await Bench.ready();
  await stablePair(bench);
  const back = (await bench.join({ groupInstanceId: 'one', version: 9 })).value;
  assert.equal(back.leader, back.memberId);
  assert.equal(back.skipAssignment, true);
  assert.equal(back.members?.length, 2);
  const old = (await bench.join({ groupInstanceId: 'one', version: 8 })).value;
  assert.equal(old.leader, back.memberId);
  assert.notEqual(old.leader, old.memberId);
  assert.equal(old.skipAssignment, false);
  assert.equal(old.members?.length, 0);
});

test('[GRP-18] while the group syncs, a static member that comes back starts a rebalance', async () => {
  const bench = await Bench.ready();
  await bench.join({ groupInstanceId: 'one' });
  await bench.pass(0);
  const back = await bench.join({ groupInstanceId: 'one' });
  assert.equal(back.value.generationId, 2);
});

test('[GRP-18] a protocol that can no longer be chosen starts a rebalance', async () => {
  const bench = await Bench.ready();
  const named = (...names: string[]) => names.map((name) => ({ name, metadata: Buffer.from(name) }));
  const joined = await bench.join({ groupInstanceId: 'one', protocols: named('range', 'sticky') });
  await bench.pass(0);
  await bench.assign([joined.value.memberId ?? ''], 1);
  const back = await bench.join({ groupInstanceId: 'one', protocols: named('sticky', 'range') });
  assert.equal(back.value.generationId, 2);
  assert.equal(back.value.protocolName, 'sticky');
});

test('[GRP-18] the replacement survives a restart of the broker', async () => {
  const bench = await Bench.ready();
  await stablePair(bench);
  const back = (await bench.join({ groupInstanceId: 'two' })).value;
  await bench.restart();
  assert.equal(bench.heartbeat(back.memberId ?? '', 1, 'two'), ErrorCode.NONE);
});

test('[GRP-36] an instance that nobody has is UNKNOWN_MEMBER_ID in every request but a first join', async () => {
  const bench = await Bench.ready();
  const { one } = await stablePair(bench);
  const who = { memberId: one, groupInstanceId: 'nobody' };
  assert.equal(bench.heartbeat(one, 1, 'nobody'), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await bench.sync({ ...who, generationId: 1 })).value.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await bench.join(who)).value.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await bench.leave({ members: [who] })).members?.[0]?.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, committedOffset: 1 }] }];
  const committed = await bench.commit({ ...who, generationIdOrMemberEpoch: 1, topics });
  assert.equal(committed.topics?.[0]?.partitions?.[0]?.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[GRP-19] a static member keeps its place over a rebalance it does not join, until its session ends', async () => {
  const bench = await Bench.ready();
  const request = { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 10_000 };
  const one = await bench.join({ ...request, groupInstanceId: 'one' });
  const two = await bench.join({ ...request, groupInstanceId: 'two' });
  await bench.pass(0);
  const ids = [one.value.memberId ?? '', two.value.memberId ?? ''];
  await bench.assign(ids, 1);
  const rejoined = await bench.join({ ...request, memberId: ids[0] ?? '', groupInstanceId: 'one' });
  await bench.pass(10_000);
  assert.equal(rejoined.value.generationId, 2);
  assert.deepEqual(
    rejoined.value.members?.map(({ groupInstanceId }) => groupInstanceId),
    ['one', 'two'],
  );
  await bench.assign(ids.slice(0, 1), 2);
  for (let i = 0; i < 3; i++) {
    await bench.pass(9000);
    bench.heartbeat(ids[0] ?? '', 2, 'one');
  }
  assert.equal((await bench.describe()).groupState, 'PreparingRebalance');
  assert.equal(bench.heartbeat(ids[1] ?? '', 2, 'two'), ErrorCode.UNKNOWN_MEMBER_ID);
});
