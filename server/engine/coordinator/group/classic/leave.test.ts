import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { Bench } from '../../testing/bench.ts';

test('[GRP-17] a list of members leaves with one error code each and one rebalance', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(3);
  const [a = '', b = '', c = ''] = ids;
  const answer = await bench.leave({ members: [{ memberId: b }, { memberId: 'stranger' }, { memberId: c }] });
  assert.equal(answer.errorCode, ErrorCode.NONE);
  assert.deepEqual(
    answer.members?.map(({ memberId, errorCode }) => [memberId, errorCode]),
    [
      [b, ErrorCode.NONE],
      ['stranger', ErrorCode.UNKNOWN_MEMBER_ID],
      [c, ErrorCode.NONE],
    ],
  );
  assert.equal(bench.heartbeat(a, generation), ErrorCode.REBALANCE_IN_PROGRESS);
  assert.equal((await bench.join({ memberId: a })).value.generationId, generation + 1);
});

test('[GRP-17] before v3 one member leaves and its error is the answer’s', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(1);
  assert.equal((await bench.leave({ memberId: 'stranger' }, 2)).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal((await bench.leave({ memberId: ids[0] ?? '' }, 2)).errorCode, ErrorCode.NONE);
  assert.equal((await bench.leave({ groupId: 'none', memberId: 'x' }, 2)).errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[GRP-17] a static member is taken out by its instance id alone; with a wrong member id it is fenced', async () => {
  const bench = await Bench.ready();
  const joined = await bench.join({ groupInstanceId: 'desk' });
  await bench.pass(0);
  await bench.assign([joined.value.memberId ?? ''], 1);
  const leaveAs = async (memberId: string, groupInstanceId: string) =>
    (await bench.leave({ members: [{ memberId, groupInstanceId }] })).members?.[0]?.errorCode;
  assert.equal(await leaveAs('someone-else', 'desk'), ErrorCode.FENCED_INSTANCE_ID);
  assert.equal(await leaveAs('', 'no-such-desk'), ErrorCode.UNKNOWN_MEMBER_ID);
  assert.equal(await leaveAs('', 'desk'), ErrorCode.NONE);
  assert.equal((await bench.describe()).groupState, 'Empty');
});

test('[GRP-17] a handed-out id can be given back, and nobody waits for it any longer', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(1);
  const { memberId } = (await bench.join({})).value;
  const joining = await bench.join({ memberId: ids[0] ?? '' });
  assert.ok(joining.isParked);
  const answer = await bench.leave({ members: [{ memberId: memberId ?? '' }] });
  assert.equal(answer.members?.[0]?.errorCode, ErrorCode.NONE);
  assert.equal(joining.value.errorCode, ErrorCode.NONE);
});

test('[GRP-17] a member that leaves while its join is parked gets an answer', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(2);
  const joining = await bench.join({
    memberId: ids[1] ?? '',
    protocols: [{ name: 'range', metadata: Buffer.from('n') }],
  });
  assert.ok(joining.isParked);
  await bench.leave({ members: [{ memberId: ids[1] ?? '' }] });
  assert.equal(joining.value.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});
