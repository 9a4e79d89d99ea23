import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { Bench } from '../../testing/bench.ts';

test('[GRP-6] the first rebalance of an empty group waits the initial delay, and again for each newcomer up to the rebalance time-out', async () => {
  const bench = await Bench.ready({ 'group.initial.rebalance.delay.ms': '3000' });
  const a = await bench.enter({ rebalanceTimeoutMs: 8000 });
  await bench.pass(2999);
  assert.ok(a.joined.isParked);
  const b = await bench.enter({ rebalanceTimeoutMs: 8000 });
  await bench.pass(3000);
  assert.ok(a.joined.isParked, 'a newcomer extends the delay');
  const c = await bench.enter({ rebalanceTimeoutMs: 8000 });
  await bench.pass(2000);
  assert.ok(a.joined.isParked);
  const d = await bench.enter({ rebalanceTimeoutMs: 8000 });
  await bench.pass(1);
  for (const { joined } of [a, b, c, d]) assert.equal(joined.value.generationId, 1, 'never past the time-out');
  assert.equal(a.joined.value.members?.length, 4);
});

test('[GRP-6] without newcomers the initial delay is over after one round', async () => {
  const bench = await Bench.ready({ 'group.initial.rebalance.delay.ms': '3000' });
  const { joined } = await bench.enter();
  await bench.pass(3000);
  assert.equal(joined.value.generationId, 1);
});

test('[GRP-7] a rebalance ends when all known members have joined, or at the longest rebalance time-out without the laggards', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(3, { sessionTimeoutMs: 300_000, rebalanceTimeoutMs: 60_000 });
  const [a = '', b = '', c = ''] = ids;
  const request = { sessionTimeoutMs: 300_000, rebalanceTimeoutMs: 60_000 };
  const joinA = await bench.join({ ...request, memberId: a });
  const joinB = await bench.join({ ...request, memberId: b });
  await bench.pass(59_999);
  assert.ok(joinA.isParked && joinB.isParked);
  await bench.pass(1);
  assert.equal(joinA.value.generationId, generation + 1);
  assert.deepEqual(
    joinA.value.members?.map(({ memberId }) => memberId),
    [a, b],
  );
  assert.equal(bench.heartbeat(c, generation), ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[GRP-7] when the leader does not come, the first that did leads', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(3);
  const [a = '', b = '', c = ''] = ids;
  await bench.leave({ members: [{ memberId: a }] });
  const joinC = await bench.join({ memberId: c });
  const joinB = await bench.join({ memberId: b });
  assert.equal(joinB.value.leader, b);
  assert.equal(joinC.value.leader, b);
  assert.equal(joinB.value.members?.length, 2);
});

test('[GRP-10] the generation grows by one with each completed join and the states follow Kafka’s', async () => {
  const bench = await Bench.ready();
  const { memberId, joined } = await bench.enter();
  assert.equal((await bench.describe()).groupState, 'PreparingRebalance');
  await bench.pass(0);
  assert.equal(joined.value.generationId, 1);
  assert.equal((await bench.describe()).groupState, 'CompletingRebalance');
  await bench.assign([memberId], 1);
  assert.equal((await bench.describe()).groupState, 'Stable');
  const again = await bench.join({ memberId });
  assert.equal(again.value.generationId, 2);
  await bench.leave({ members: [{ memberId }] });
  assert.equal((await bench.describe()).groupState, 'Empty');
});

test('[GRP-22] who joined but never syncs is removed at the rebalance time-out and the rest rebalances', async () => {
  const bench = await Bench.ready();
  const request = { sessionTimeoutMs: 300_000, rebalanceTimeoutMs: 20_000 };
  const a = await bench.enter(request);
  const b = await bench.enter(request);
  await bench.pass(0);
  await bench.sync({ memberId: a.memberId, generationId: 1, assignments: [] });
  assert.equal((await bench.describe()).groupState, 'Stable');
  await bench.pass(19_999);
  assert.equal(bench.heartbeat(b.memberId, 1), ErrorCode.NONE);
  await bench.pass(1);
  assert.equal(bench.heartbeat(b.memberId, 1), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(bench.heartbeat(a.memberId, 1), ErrorCode.REBALANCE_IN_PROGRESS);
});

test('[GRP-31] a second rebalance may follow at once, and the broker never takes an assignment away by itself (cooperative)', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(2);
  const before = await bench.describe();
  // Phase one: all rejoin, the leader leaves the moving partition unassigned.
  const one = [];
  for (const memberId of ids) one.push(await bench.join({ memberId }));
  assert.equal(one[1]?.value.generationId, generation + 1);
  await bench.assign(ids, generation + 1);
  // Phase two, straight after: the member that gave up a partition rejoins as leader's follower with new metadata.
  const changed = [{ name: 'range', metadata: Buffer.from('owned: less') }];
  const two = [await bench.join({ memberId: ids[1] ?? '', protocols: changed })];
  two.push(await bench.join({ memberId: ids[0] ?? '' }));
  for (const joined of two) assert.equal(joined.value.generationId, generation + 2);
  const synced = await bench.assign(ids, generation + 2);
  assert.deepEqual(
    synced.map(({ value }) => String(value.assignment)),
    ['part 0', 'part 1'],
  );
  assert.equal((await bench.describe()).members?.length, before.members?.length);
});
