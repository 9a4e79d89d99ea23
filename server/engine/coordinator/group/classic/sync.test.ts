import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { Bench } from '../../testing/bench.ts';

async function joinedPair(bench: Bench) {
  const a = await bench.enter();
  const b = await bench.enter();
  await bench.pass(0);
  return { leader: a.memberId, follower: b.memberId, generationId: a.joined.value.generationId ?? -1 };
}

test('[GRP-11] followers wait for the leader’s assignment and each gets its own part', async () => {
  const bench = await Bench.ready();
  const { leader, follower, generationId } = await joinedPair(bench);
  const waiting = await bench.sync({ memberId: follower, generationId });
  assert.ok(waiting.isParked);
  const assignments = [
    { memberId: leader, assignment: Buffer.from('L') },
    { memberId: follower, assignment: Buffer.from('F') },
  ];
  const led = await bench.sync({ memberId: leader, generationId, assignments });
  assert.equal(String(led.value.assignment), 'L');
  assert.equal(String(waiting.value.assignment), 'F');
  const late = await bench.sync({ memberId: follower, generationId });
  assert.equal(String(late.value.assignment), 'F', 'a stable group answers at once');
});

test('[GRP-11] sync: another generation, a rebalance under way, an unknown member, an unknown group', async () => {
  const bench = await Bench.ready();
  const { leader, follower, generationId } = await joinedPair(bench);
  const codeOf = async (request: Parameters<Bench['sync']>[0]) => (await bench.sync(request)).value.errorCode;
  assert.equal(await codeOf({ memberId: leader, generationId: generationId + 1 }), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(await codeOf({ memberId: 'stranger', generationId }), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(await codeOf({ groupId: 'none', memberId: leader, generationId }), ErrorCode.UNKNOWN_MEMBER_ID);
  await bench.assign([leader, follower], generationId);
  const rejoining = await bench.join({ memberId: leader });
  assert.ok(rejoining.isParked);
  assert.equal(await codeOf({ memberId: follower, generationId }), ErrorCode.REBALANCE_IN_PROGRESS);
});

test('[GRP-11] a parked sync is told REBALANCE_IN_PROGRESS when the group rebalances again', async () => {
  const bench = await Bench.ready();
  const { leader, follower, generationId } = await joinedPair(bench);
  const waiting = await bench.sync({ memberId: follower, generationId });
  await bench.leave({ members: [{ memberId: leader }] });
  assert.equal(waiting.value.errorCode, ErrorCode.REBALANCE_IN_PROGRESS);
});

test('[GRP-12] v5 echoes protocol type and name and refuses others with INCONSISTENT_GROUP_PROTOCOL', async () => {
  const bench = await Bench.ready();
  const { leader, generationId } = await joinedPair(bench);
  for (const wrong of [{ protocolType: 'connect' }, { protocolName: 'roundrobin' }]) {
    const { errorCode } = (await bench.sync({ memberId: leader, generationId, ...wrong })).value;
    assert.equal(errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }
  const right = { protocolType: 'consumer', protocolName: 'range' };
  const { value } = await bench.sync({ memberId: leader, generationId, ...right });
  assert.deepEqual([value.errorCode, value.protocolType, value.protocolName], [ErrorCode.NONE, 'consumer', 'range']);
});

test('[GRP-13] a member the leader did not mention gets zero bytes', async () => {
  const bench = await Bench.ready();
  const { leader, follower, generationId } = await joinedPair(bench);
  await bench.sync({
    memberId: leader,
    generationId,
    assignments: [{ memberId: leader, assignment: Buffer.from('all') }],
  });
  const { value } = await bench.sync({ memberId: follower, generationId });
  assert.equal(value.errorCode, ErrorCode.NONE);
  assert.equal(value.assignment?.length, 0);
});

test('[GRP-11] only the leader’s assignment counts', async () => {
  const bench = await Bench.ready();
  const { leader, follower, generationId } = await joinedPair(bench);
  const mine = [{ memberId: follower, assignment: Buffer.from('mine!') }];
  const waiting = await bench.sync({ memberId: follower, generationId, assignments: mine });
  await bench.sync({ memberId: leader, generationId, assignments: [] });
  assert.equal(waiting.value.assignment?.length, 0);
});
