import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { Bench, subscription } from '../../testing/bench.ts';

test('[GRP-3] from v4 on a dynamic member is told its id first and joins with it; before, and with an instance id, it joins at once', async () => {
  const bench = await Bench.ready();
  const first = await bench.join({ version: 4, clientId: 'billing' });
  assert.equal(first.value.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  assert.match(first.value.memberId, /^billing-./);
  const joined = await bench.join({ memberId: first.value.memberId });
  await bench.pass(0);
  assert.equal(joined.value.errorCode, ErrorCode.NONE);
  assert.equal(joined.value.memberId, first.value.memberId);
  assert.equal(joined.value.leader, first.value.memberId);

  const old = await bench.join({ groupId: 'old', version: 3 });
  const fixed = await bench.join({ groupId: 'fixed', groupInstanceId: 'desk' });
  await bench.pass(0);
  assert.equal(old.value.errorCode, ErrorCode.NONE);
  assert.equal(fixed.value.errorCode, ErrorCode.NONE);
  assert.match(fixed.value.memberId, /^desk-./);
});

test('[GRP-4] a handed-out id that nobody joins with ends with its session time-out; until then a rebalance waits for it', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(1);
  await bench.join({ sessionTimeoutMs: 6000 });
  const rejoining = await bench.join({ memberId: ids[0] ?? '' });
  await bench.pass(5999);
  assert.ok(rejoining.isParked);
  await bench.pass(1);
  assert.equal(rejoining.value.errorCode, ErrorCode.NONE);
  assert.equal(rejoining.value.generationId, 2);
});

test('[GRP-4] a group nobody joined leaves nothing behind', async () => {
  const bench = await Bench.ready();
  const { memberId } = (await bench.join({})).value;
  assert.equal((await bench.describe()).groupState, 'Empty');
  await bench.pass(10_000);
  assert.equal((await bench.describe()).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal((await bench.join({ memberId })).value.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[GRP-5] a session time-out outside the bounds is INVALID_SESSION_TIMEOUT', async () => {
  const bench = await Bench.ready();
  for (const [sessionTimeoutMs, errorCode] of [
    [5999, ErrorCode.INVALID_SESSION_TIMEOUT],
    [6000, ErrorCode.MEMBER_ID_REQUIRED],
    [1_800_000, ErrorCode.MEMBER_ID_REQUIRED],
    [1_800_001, ErrorCode.INVALID_SESSION_TIMEOUT],
  ] as const) {
    assert.equal((await bench.join({ sessionTimeoutMs })).value.errorCode, errorCode);
  }
});

test('[GRP-8] the leader is told who is in the generation, the others are not', async () => {
  const bench = await Bench.ready();
  const a = await bench.enter({ protocols: [{ name: 'range', metadata: subscription('orders') }] });
  const b = await bench.enter({ protocols: [{ name: 'range', metadata: subscription('trades') }] });
  await bench.pass(0);
  assert.deepEqual(
    a.joined.value.members?.map(({ memberId, metadata }) => [memberId, metadata]),
    [
      [a.memberId, subscription('orders')],
      [b.memberId, subscription('trades')],
    ],
  );
  assert.equal(b.joined.value.leader, a.memberId);
  assert.deepEqual(b.joined.value.members, []);
});

test('[GRP-9] the protocol is the one most members put first among those all support', async () => {
  const bench = await Bench.ready();
  const names = (...list: string[]) => list.map((name) => ({ name, metadata: Buffer.from(name) }));
  const a = await bench.enter({ protocols: names('only-a', 'range', 'roundrobin') });
  const b = await bench.enter({ protocols: names('roundrobin', 'range') });
  const c = await bench.enter({ protocols: names('roundrobin', 'only-c', 'range') });
  await bench.pass(0);
  assert.equal(c.joined.value.protocolName, 'roundrobin');
  assert.deepEqual(
    a.joined.value.members?.map(({ memberId, metadata }) => [memberId, String(metadata)]),
    [a, b, c].map(({ memberId }) => [memberId, 'roundrobin']),
  );
});

test('[GRP-16] in a stable group an unchanged follower gets the generation back; a leader or a change of metadata starts a rebalance', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(3);
  const [leader = '', follower = '', other = ''] = ids;
  const same = await bench.join({ memberId: follower });
  assert.equal(same.value.generationId, generation);
  assert.equal((await bench.describe()).groupState, 'Stable');

  const changed = await bench.join({
    memberId: follower,
    protocols: [{ name: 'range', metadata: subscription('trades') }],
  });
  assert.ok(changed.isParked);
  assert.equal(bench.heartbeat(leader, generation), ErrorCode.REBALANCE_IN_PROGRESS);
  await bench.join({ memberId: leader });
  await bench.join({ memberId: other });
  assert.equal(changed.value.generationId, generation + 1);
  await bench.assign(ids, generation + 1);

  assert.ok((await bench.join({ memberId: leader })).isParked);
  assert.equal((await bench.describe()).groupState, 'PreparingRebalance');
});

test('[GRP-16] a member that lost the answer to its join gets it again while the others sync', async () => {
  const bench = await Bench.ready();
  const a = await bench.enter();
  const b = await bench.enter();
  await bench.pass(0);
  const again = await bench.join({ memberId: a.memberId });
  assert.equal(again.value.generationId, a.joined.value.generationId);
  assert.equal(again.value.members?.length, 2);
  assert.equal((await bench.join({ memberId: b.memberId })).value.members?.length, 0);
  assert.equal((await bench.describe()).groupState, 'CompletingRebalance');
});

test('[GRP-20] a full group answers GROUP_MAX_SIZE_REACHED; ids only handed out keep nobody out', async () => {
  const bench = await Bench.ready({ 'group.max.size': '2' });
  const a = await bench.enter();
  const unused = (await bench.join({})).value;
  const b = await bench.enter();
  assert.equal((await bench.join({})).value.errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  const tooMany = await bench.join({ memberId: unused.memberId });
  assert.equal(tooMany.value.errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  await bench.pass(0);
  await bench.assign([a.memberId, b.memberId], 1);
  assert.equal((await bench.join({})).value.errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
  assert.equal((await bench.join({ groupInstanceId: 'desk' })).value.errorCode, ErrorCode.GROUP_MAX_SIZE_REACHED);
});

test('[GRP-30] a group hands out 10 000 unused ids and no more', async () => {
  const bench = await Bench.ready();
  const codes = new Map<number, number>();
  for (let i = 0; i < 10_001; i++) {
    const { errorCode = -1 } = await bench.coordinator.joinGroup(bench.joinRequest({}), bench.context(9));
    codes.set(errorCode, (codes.get(errorCode) ?? 0) + 1);
  }
  assert.deepEqual(
    [...codes],
    [
      [ErrorCode.MEMBER_ID_REQUIRED, 10_000],
      [ErrorCode.GROUP_MAX_SIZE_REACHED, 1],
    ],
  );
});

test('[GRP-21] another protocol type, or no protocol in common, is INCONSISTENT_GROUP_PROTOCOL; metadata is opaque', async () => {
  const bench = await Bench.ready();
  const connect = { protocolType: 'connect', protocols: [{ name: 'sessioned', metadata: Buffer.from([255, 0, 255]) }] };
  await bench.stable(2, { groupId: 'workers', ...connect });
  const described = await bench.describe('workers');
  assert.equal(described.protocolType, 'connect');
  assert.deepEqual(described.members?.[1]?.memberMetadata, Buffer.from([255, 0, 255]));
  const others = [
    { protocolType: 'consumer', protocols: connect.protocols },
    { protocolType: 'connect', protocols: [{ name: 'eager', metadata: Buffer.alloc(0) }] },
    { protocolType: 'connect', protocols: [] },
  ];
  for (const other of others) {
    const { errorCode } = (await bench.join({ groupId: 'workers', ...other })).value;
    assert.equal(errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }
  const empty = await bench.join({ groupId: 'new', protocolType: '', protocols: [] });
  assert.equal(empty.value.errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
});

test('[GRP-30] what the members of a group may make the broker keep is bounded together, 32 MiB, and nothing of more is kept', async () => {
  const bench = await Bench.ready();
  const codeOf = async (request: Parameters<Bench['join']>[0]) => (await bench.join(request)).value.errorCode;
  const big = [{ name: 'range', metadata: Buffer.alloc(32 * 1024 * 1024) }];
  assert.equal(await codeOf({ protocols: big }), ErrorCode.GROUP_MAX_SIZE_REACHED);
  const names = Array.from({ length: 1_000_000 }, (_, i) => ({ name: `p${i}`, metadata: Buffer.alloc(0) }));
  assert.equal(await codeOf({ protocols: names }), ErrorCode.GROUP_MAX_SIZE_REACHED);
  assert.equal((await bench.describe()).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
});

test('[GRP-47] ids, names and metadata are as long, and protocols as many, as Kafka’s requests carry them', async () => {
  const bench = await Bench.ready();
  const protocols = Array.from({ length: 5000 }, (_, i) => ({ name: `p${i}`, metadata: Buffer.alloc(100) }));
  const [groupId, groupInstanceId, clientId] = ['g', 'i', 'c'].map((letter) => letter.repeat(32_000));
  const long = { groupId: groupId ?? '', groupInstanceId: groupInstanceId ?? null, clientId: clientId ?? '' };
  const joining = await bench.join({ ...long, protocols, version: 3 });
  await bench.pass(0);
  const { errorCode, memberId } = joining.value;
  assert.equal(errorCode, ErrorCode.NONE);
  assert.ok(memberId?.startsWith(`${groupInstanceId}-`));
  const [member] = (await bench.describe(groupId)).members ?? [];
  assert.equal(member?.clientId, clientId, 'told as it was given');
});

test('[GRP-33] a first join that is parked for five minutes is given up', async () => {
  const bench = await Bench.ready({ 'group.initial.rebalance.delay.ms': '900000' });
  const joining = await bench.join({ version: 3, rebalanceTimeoutMs: 1_800_000 });
  await bench.pass(299_999);
  assert.ok(joining.isParked);
  await bench.pass(1);
  assert.equal(joining.value.errorCode, ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[GRP-34] an older parked join of the same member is told to come again: no request is left without an answer', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(2);
  const older = await bench.join({ memberId: ids[0] ?? '' });
  const newer = await bench.join({ memberId: ids[0] ?? '' });
  assert.equal(older.value.errorCode, ErrorCode.REBALANCE_IN_PROGRESS);
  assert.ok(newer.isParked);
});
