import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { Bench } from '../../testing/bench.ts';

test('[GRP-14] heartbeat: NONE while stable and while syncing, REBALANCE_IN_PROGRESS only while members join', async () => {
  const bench = await Bench.ready();
  const { memberId } = await bench.enter();
  await bench.pass(0);
  assert.equal(bench.heartbeat(memberId, 1), ErrorCode.NONE, 'CompletingRebalance');
  await bench.assign([memberId], 1);
  assert.equal(bench.heartbeat(memberId, 1), ErrorCode.NONE, 'Stable');
  await bench.enter();
  assert.equal(bench.heartbeat(memberId, 1), ErrorCode.REBALANCE_IN_PROGRESS);
});

test('[GRP-14] heartbeat: another generation, a stranger, an unknown group', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(1);
  assert.equal(bench.heartbeat(ids[0] ?? '', generation - 1), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(bench.heartbeat('stranger', generation), ErrorCode.UNKNOWN_MEMBER_ID);
  await bench.leave({ members: [{ memberId: ids[0] ?? '' }] });
  assert.equal(bench.heartbeat(ids[0] ?? '', generation), ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[GRP-15] a member that is silent for its session time-out is out; each heartbeat begins the session anew', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(2, { sessionTimeoutMs: 10_000 });
  const [a = '', b = ''] = ids;
  await bench.pass(9000);
  assert.equal(bench.heartbeat(a, generation), ErrorCode.NONE);
  await bench.pass(1000);
  assert.equal(bench.heartbeat(a, generation), ErrorCode.REBALANCE_IN_PROGRESS);
  assert.equal(bench.heartbeat(b, generation), ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[GRP-15] a member whose join or sync is parked is alive without heartbeats', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(2, { sessionTimeoutMs: 6000, rebalanceTimeoutMs: 60_000 });
  const [a = '', b = ''] = ids;
  const joining = await bench.join({ memberId: a, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 60_000 });
  for (let i = 0; i < 5; i++) {
    await bench.pass(5000);
    bench.heartbeat(b, 1);
    bench.heartbeat(b, 2);
  }
  assert.ok(joining.isParked);
  await bench.join({ memberId: b, sessionTimeoutMs: 6000, rebalanceTimeoutMs: 60_000 });
  assert.equal(joining.value.errorCode, ErrorCode.NONE);
});

test('[GRP-15] the last member’s silence leaves an empty group with its record', async () => {
  const bench = await Bench.ready();
  const { generation } = await bench.stable(1, { sessionTimeoutMs: 10_000 });
  await bench.pass(10_000);
  const { groupState } = await bench.describe();
  assert.equal(groupState, 'Empty');
  await bench.restart();
  assert.equal((await bench.describe()).groupState, 'Empty');
  const { joined } = await bench.enter();
  await bench.pass(0);
  assert.equal(joined.value.generationId, generation + 2, 'becoming empty was a generation of its own');
});
