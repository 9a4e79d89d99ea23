import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../protocol/errors.ts';
import { Bench } from './testing/bench.ts';

const position = { topics: [{ name: 'orders', partitions: [{ partitionIndex: 0, committedOffset: 5 }] }] };
const commitCode = async (bench: Bench, request = {}) =>
  (await bench.commit({ ...position, ...request })).topics?.[0]?.partitions?.[0]?.errorCode;

test('[GRP-2] membership with an empty group id is INVALID_GROUP_ID', async () => {
  const bench = await Bench.ready();
  assert.equal((await bench.join({ groupId: '' })).value.errorCode, ErrorCode.INVALID_GROUP_ID);
  assert.equal((await bench.sync({ groupId: '' })).value.errorCode, ErrorCode.INVALID_GROUP_ID);
  assert.equal((await bench.leave({ groupId: '' })).errorCode, ErrorCode.INVALID_GROUP_ID);
});

test('[GRP-23] a stable group is described with metadata, another without; assignments are those of the last generation', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(2, { clientId: 'billing' });
  const stable = await bench.describe();
  assert.deepEqual([stable.groupState, stable.protocolType, stable.protocolData], ['Stable', 'consumer', 'range']);
  assert.deepEqual(
    stable.members?.map(({ memberId, clientId, clientHost, memberAssignment }) => [
      memberId,
      clientId,
      clientHost,
      String(memberAssignment),
    ]),
    ids.map((memberId, i) => [memberId, 'billing', '/127.0.0.1', `part ${i}`]),
  );
  await bench.join({ memberId: ids[0] ?? '' });
  const moving = await bench.describe();
  assert.equal(moving.groupState, 'PreparingRebalance');
  assert.equal(moving.protocolData, '');
  const told = async () =>
    (await bench.describe()).members?.map(({ memberMetadata, memberAssignment }) => [
      memberMetadata?.length,
      String(memberAssignment),
    ]);
  assert.deepEqual(await told(), [
    [0, 'part 0'],
    [0, 'part 1'],
  ]);
  await bench.join({ memberId: ids[1] ?? '' });
  assert.equal((await bench.describe()).groupState, 'CompletingRebalance');
  assert.deepEqual((await told())?.at(0), [0, 'part 0']);
  // Nobody was given anything in this generation, and the next begins: nothing is left of what they had.
  await bench.join({ memberId: ids[0] ?? '', protocols: [{ name: 'range', metadata: Buffer.from('other') }] });
  assert.equal((await bench.describe()).groupState, 'PreparingRebalance');
  assert.deepEqual(await told(), [
    [0, ''],
    [0, ''],
  ]);
});

test('[GRP-23] an unknown group is state Dead before v6 and GROUP_ID_NOT_FOUND from then on', async () => {
  const bench = await Bench.ready();
  const old = await bench.describe('nobody', 5);
  assert.deepEqual([old.errorCode, old.groupState], [ErrorCode.NONE, 'Dead']);
  const recent = await bench.describe('nobody', 6);
  assert.equal(recent.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.match(recent.errorMessage ?? '', /nobody/);
});

test('[GRP-37] what may be done with a group is told when asked for, else Int32.MIN', async () => {
  const bench = await Bench.ready();
  await bench.stable(1);
  const told = (includeAuthorizedOperations: boolean) =>
    bench.coordinator.describeGroups({ groups: ['g'], includeAuthorizedOperations }, bench.context(5)).groups?.[0]
      ?.authorizedOperations;
  // Bits of AclOperation: READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS, ALTER_CONFIGS.
  assert.equal(told(true), (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11));
  assert.equal(told(false), undefined, 'the default of the answer is Int32.MIN');
});

test('[GRP-24] groups are listed with state and type, filtered by both without regard to case', async () => {
  const bench = await Bench.ready();
  await bench.stable(1, { groupId: 'busy' });
  await bench.commit({ groupId: 'idle', ...position });
  const list = (statesFilter: string[], typesFilter: string[]) => {
    const { groups } = bench.coordinator.listGroups({ statesFilter, typesFilter }, bench.context(5));
    return groups?.map(({ groupId, groupState, groupType, protocolType }) =>
      [groupId, groupState, groupType, protocolType].join(' '),
    );
  };
  const [busy, idle] = ['busy Stable classic consumer', 'idle Empty classic '];
  assert.deepEqual(
    list([], []),
    [busy, idle].sort(
      (a, b) =>
        bench.coordinator.partitionOf(a.split(' ')[0] ?? '') - bench.coordinator.partitionOf(b.split(' ')[0] ?? ''),
    ),
  );
  assert.deepEqual(list(['stable'], []), [busy]);
  assert.deepEqual(list(['EMPTY', 'dead'], ['Classic']), [idle]);
  assert.deepEqual(list([], ['consumer']), []);
});

test('[GRP-26] without the offsets topic COORDINATOR_NOT_AVAILABLE, elsewhere NOT_COORDINATOR, while reading COORDINATOR_LOAD_IN_PROGRESS', async () => {
  const bench = new Bench();
  const codes = async () => [
    (await bench.join({})).value.errorCode,
    (await bench.sync({ memberId: 'm' })).value.errorCode,
    bench.heartbeat('m', 1),
    (await bench.leave({ members: [] })).errorCode,
    await commitCode(bench),
    (await bench.fetch({ groups: [{ groupId: 'g', topics: null }] })).groups?.[0]?.errorCode,
    (await bench.describe()).errorCode,
    (await bench.deleteGroups('g')).results?.[0]?.errorCode,
    (await bench.coordinator.deleteOffsets({ groupId: 'g', topics: [] }, bench.context(0))).errorCode,
  ];
  bench.partitionCount = 0;
  assert.deepEqual(new Set(await codes()), new Set([ErrorCode.COORDINATOR_NOT_AVAILABLE]));
  bench.partitionCount = 4;
  assert.deepEqual(new Set(await codes()), new Set([ErrorCode.NOT_COORDINATOR]));
  bench.store.replay = () => new Promise(() => {});
  await bench.lead();
  assert.deepEqual(new Set(await codes()), new Set([ErrorCode.COORDINATOR_LOAD_IN_PROGRESS]));
  const listed = bench.coordinator.listGroups({ statesFilter: [], typesFilter: [] }, bench.context(5));
  assert.equal(listed.errorCode, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
});

test('[GRP-26] losing leadership answers parked requests with NOT_COORDINATOR and leaves no timer', async () => {
  const bench = await Bench.ready();
  const { ids } = await bench.stable(2);
  const joining = await bench.join({ memberId: ids[0] ?? '' });
  bench.coordinator.close();
  await bench.settle();
  assert.equal(joining.value.errorCode, ErrorCode.NOT_COORDINATOR);
  const written = bench.store.appends;
  await bench.pass(100_000_000);
  assert.equal(bench.store.appends, written);
});

test('[GRP-27] members outlive the broker: same generation and assignments, sessions begin anew', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(2, { sessionTimeoutMs: 10_000 });
  const [a = '', b = ''] = ids;
  await bench.pass(9000);
  await bench.restart();
  await bench.pass(9000);
  assert.equal(bench.heartbeat(a, generation), ErrorCode.NONE);
  const { value } = await bench.sync({ memberId: b, generationId: generation });
  assert.equal(String(value.assignment), 'part 1');
  await bench.pass(9999);
  assert.equal(bench.heartbeat(b, generation), ErrorCode.NONE);
  await bench.pass(1);
  assert.equal(bench.heartbeat(b, generation), ErrorCode.REBALANCE_IN_PROGRESS, 'a was silent');
});

test('[GRP-27] a broken record is left out and told of; the rest loads', async () => {
  const bench = await Bench.ready();
  await commitCode(bench);
  const log = bench.store.log(bench.coordinator.partitionOf('g'));
  log.unshift({ timestampMs: 0, key: Buffer.from([0, 1, 0]), value: null });
  await bench.restart();
  assert.match(bench.logged.join(), /offset 0 is left out/);
  const answer = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] });
  assert.equal(answer.groups?.[0]?.topics?.length, 1);
});

test('[GRP-27] a log that cannot be read is tried again', async () => {
  const bench = new Bench();
  const read = bench.store.replay.bind(bench.store);
  let failures = 0;
  bench.store.replay = async (partition, each) => {
    if (failures++ < 4) throw new Error('disk');
    return read(partition, each);
  };
  await bench.lead();
  assert.equal(await commitCode(bench), ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  await bench.pass(1000);
  assert.equal(await commitCode(bench), ErrorCode.NONE);
});

test('[GRP-28] replies wait until their records, and all before them, are committed; then they leave in order', async () => {
  const bench = await Bench.ready();
  const { memberId } = await bench.enter();
  await bench.pass(0);
  bench.store.commitsAtOnce = false;
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  const asked = [
    bench.sync({ memberId, generationId: 1 }).then(async (pending) => {
      await until(bench, () => !pending.isParked);
      order.push('sync');
    }),
    bench.commit({ ...position, memberId, generationIdOrMemberEpoch: 1 }).then(note('commit')),
    bench.fetch({ groups: [{ groupId: 'g', topics: null }] }).then(note('fetch')),
  ];
  await bench.settle();
  assert.equal(order.length, 0);
  assert.equal(bench.heartbeat(memberId, 1), ErrorCode.NONE, 'a heartbeat waits for nothing');
  bench.store.commit();
  await Promise.all(asked);
  assert.deepEqual([...order].sort(), ['commit', 'fetch', 'sync']);
  assert.ok(order.indexOf('commit') < order.indexOf('fetch'));
});

async function until(bench: Bench, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !isSo(); i++) await bench.settle();
}

test('[GRP-28] what is not committed within offsets.commit.timeout.ms answers COORDINATOR_NOT_AVAILABLE', async () => {
  const bench = await Bench.ready();
  bench.store.commitsAtOnce = false;
  let code: number | undefined;
  void commitCode(bench).then((answer) => {
    code = answer;
  });
  await bench.pass(4999);
  assert.equal(code, undefined);
  await bench.pass(1);
  assert.equal(code, ErrorCode.COORDINATOR_NOT_AVAILABLE);
});

test('[GRP-29] a refused append changes nothing and is worded for group members', async () => {
  const bench = await Bench.ready();
  const { memberId } = await bench.enter();
  await bench.pass(0);
  for (const [refusal, group, commit] of [
    [ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NOT_COORDINATOR, ErrorCode.NOT_COORDINATOR],
    [ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.NOT_COORDINATOR, ErrorCode.NOT_COORDINATOR],
    [ErrorCode.NOT_ENOUGH_REPLICAS, ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.COORDINATOR_NOT_AVAILABLE],
    [ErrorCode.MESSAGE_TOO_LARGE, ErrorCode.UNKNOWN_SERVER_ERROR, ErrorCode.INVALID_COMMIT_OFFSET_SIZE],
  ] as const) {
    bench.store.refusal = refusal;
    assert.equal((await bench.sync({ memberId, generationId: 1 })).value.errorCode, group);
    assert.equal((await bench.describe()).groupState, 'CompletingRebalance');
    assert.equal(await commitCode(bench, { groupId: 'simple' }), commit);
    assert.equal((await bench.describe('simple')).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  }
  bench.store.refusal = ErrorCode.NONE;
  assert.equal((await bench.sync({ memberId, generationId: 1 })).value.errorCode, ErrorCode.NONE);
});

test('[GRP-29] what a timer could not write is due again a second later', async () => {
  const bench = await Bench.ready();
  await bench.stable(1, { sessionTimeoutMs: 10_000 });
  bench.store.refusal = ErrorCode.KAFKA_STORAGE_ERROR;
  await bench.pass(10_000);
  assert.equal((await bench.describe()).groupState, 'Stable');
  bench.store.refusal = ErrorCode.NONE;
  await bench.pass(1000);
  assert.equal((await bench.describe()).groupState, 'Empty');
});

test('[GRP-20] a group that is over its size after a restart rebalances down to it', async () => {
  const bench = await Bench.ready();
  const { ids, generation } = await bench.stable(3);
  bench.settings.set('group.max.size', '2');
  await bench.restart();
  assert.equal(bench.heartbeat(ids[0] ?? '', generation), ErrorCode.REBALANCE_IN_PROGRESS);
  const joins = [];
  for (const memberId of ids) joins.push(await bench.join({ memberId }));
  assert.deepEqual(
    joins.map(({ value }) => value.errorCode),
    [ErrorCode.NONE, ErrorCode.NONE, ErrorCode.GROUP_MAX_SIZE_REACHED],
  );
});

test('[GRP-48] groups with very long ids are bounded by what these take together; others are not held up', async () => {
  const bench = await Bench.ready();
  const long = (i: number) => `${i}`.padEnd(32_767, 'x');
  const most = Math.floor((16 * 1024 * 1024) / 32_767);
  for (let i = 0; i < most; i++) assert.equal(await commitCode(bench, { groupId: long(i) }), ErrorCode.NONE);
  assert.equal(await commitCode(bench, { groupId: long(most) }), ErrorCode.POLICY_VIOLATION);
  assert.equal(await commitCode(bench, { groupId: long(0) }), ErrorCode.NONE, 'one that is there goes on');
  assert.equal(await commitCode(bench, { groupId: 'short' }), ErrorCode.NONE);
});

test('[GRP-30] a broker coordinates 20 000 groups and refuses more with POLICY_VIOLATION', async () => {
  const bench = await Bench.ready();
  for (let i = 0; i < 20_000; i++) {
    await bench.coordinator.joinGroup(bench.joinRequest({ groupId: `g${i}` }), bench.context(9));
  }
  assert.equal((await bench.join({ groupId: 'more' })).value.errorCode, ErrorCode.POLICY_VIOLATION);
  assert.equal(await commitCode(bench, { groupId: 'more' }), ErrorCode.POLICY_VIOLATION);
  // Unused groups go by themselves: the room comes back.
  await bench.pass(10_000);
  assert.equal((await bench.join({ groupId: 'more' })).value.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
});
