// Groups that change their protocol while members live, and members of the classic protocol in a consumer group (KIP-848).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumerProtocolAssignment, consumerProtocolSubscription } from '../../../../protocol/consumer-protocol.ts';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { Reader } from '../../../../protocol/reader.ts';
import { Writer } from '../../../../protocol/writer.ts';
import { Bench } from '../../testing/bench.ts';
import { ConsumerClient, settle } from '../../testing/consumer-client.ts';

function metadata(owned: readonly number[] = []): Buffer {
  const writer = new Writer();
  writer.int16(1);
  const ownedPartitions = owned.length === 0 ? [] : [{ topic: 'orders', partitions: owned }];
  consumerProtocolSubscription.write(writer, 1, { topics: ['orders'], ownedPartitions });
  return writer.toBuffer();
}
function assignment(partitions: readonly number[]): Buffer {
  const writer = new Writer();
  writer.int16(1);
  consumerProtocolAssignment.write(writer, 1, { assignedPartitions: [{ topic: 'orders', partitions }] });
  return writer.toBuffer();
}
function partsOf(bytes: Buffer): number[] {
  const reader = new Reader(bytes);
  const version = reader.int16();
  const { assignedPartitions } = consumerProtocolAssignment.read(reader, version);
  return assignedPartitions.flatMap(({ partitions }) => partitions);
}

/** A classic member that joined with all of "orders" and whose group is stable. */
async function classicGroup(bench: Bench, owned: readonly number[] = [0, 1, 2, 3, 4, 5]) {
  const protocols = [{ name: 'cooperative', metadata: metadata() }];
  const { memberId, joined } = await bench.enter({ protocols });
  await bench.pass(0);
  const generationId = joined.value.generationId;
  await bench.sync({ memberId, generationId, assignments: [{ memberId, assignment: assignment(owned) }] });
  return { memberId, generationId, parts: [...owned] };
}

/** The classic member goes through one join and one sync, telling what it owns. */
async function round(bench: Bench, member: { memberId: string; generationId: number; parts: number[] }): Promise<void> {
  const protocols = [{ name: 'cooperative', metadata: metadata(member.parts) }];
  const joined = (await bench.join({ memberId: member.memberId, protocols })).value;
  assert.equal(joined.errorCode, ErrorCode.NONE);
  member.generationId = joined.generationId;
  const synced = (await bench.sync({ memberId: member.memberId, generationId: member.generationId })).value;
  assert.equal(synced.errorCode, ErrorCode.NONE);
  member.parts = partsOf(synced.assignment);
}

async function mixed(bench: Bench) {
  const old = await classicGroup(bench);
  const fresh = new ConsumerClient(bench, 'new');
  for (let i = 0; i < 5; i++) {
    await fresh.beat();
    if (bench.heartbeat(old.memberId, old.generationId) === ErrorCode.REBALANCE_IN_PROGRESS) await round(bench, old);
  }
  await fresh.beat();
  return { old, fresh };
}

test('[CGP-30] a consumer that joins makes a classic group a consumer group; its members stay and share their partitions', async () => {
  const bench = await Bench.ready();
  const { old, fresh } = await mixed(bench);
  assert.equal(bench.heartbeat(old.memberId, old.generationId), ErrorCode.NONE);
  assert.equal(old.parts.length, 3);
  assert.deepEqual([...old.parts, ...fresh.parts].sort(), [0, 1, 2, 3, 4, 5]);
  const group = bench.describeConsumer();
  assert.equal(group.groupState, 'Stable');
  assert.deepEqual(group.members?.map(({ memberType }) => memberType).sort(), [0, 1]);
});

test('[CGP-31] a classic member is never given what another has yet to give back', async () => {
  const bench = await Bench.ready();
  const fresh = new ConsumerClient(bench, 'new');
  await settle(fresh);
  const protocols = [{ name: 'cooperative', metadata: metadata() }];
  const { memberId } = (await bench.join({ protocols })).value;
  const old = { memberId, generationId: -1, parts: [] as number[] };
  await round(bench, old);
  assert.deepEqual(old.parts, []);
  assert.equal(bench.heartbeat(memberId, old.generationId), ErrorCode.NONE);
  await settle(fresh);
  assert.equal(bench.heartbeat(memberId, old.generationId), ErrorCode.REBALANCE_IN_PROGRESS);
  await round(bench, old);
  assert.deepEqual([...old.parts, ...fresh.parts].sort(), [0, 1, 2, 3, 4, 5]);
});

test('[CGP-32] when the last consumer goes, the group is classic again and rebalances', async () => {
  const bench = await Bench.ready();
  const { old, fresh } = await mixed(bench);
  await fresh.leave();
  assert.equal(bench.describeConsumer().errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal((await bench.describe()).groupState, 'PreparingRebalance');
  assert.equal(bench.heartbeat(old.memberId, old.generationId), ErrorCode.REBALANCE_IN_PROGRESS);
  const joined = (
    await bench.join({ memberId: old.memberId, protocols: [{ name: 'cooperative', metadata: metadata() }] })
  ).value;
  assert.deepEqual([joined.errorCode, joined.leader], [ErrorCode.NONE, old.memberId]);
  await bench.sync({ memberId: old.memberId, generationId: joined.generationId, assignments: [] });
  assert.equal((await bench.describe()).groupState, 'Stable');
  await bench.restart();
  assert.equal((await bench.describe()).groupState, 'Stable');
});

/** A static classic member joins in the place of whoever holds the instance. */
async function joinStatic(bench: Bench, o: { instance?: string; memberId?: string; topic?: string } = {}) {
  const writer = new Writer();
  writer.int16(1);
  consumerProtocolSubscription.write(writer, 1, { topics: [o.topic ?? 'orders'], ownedPartitions: [] });
  const protocols = [{ name: 'cooperative', metadata: writer.toBuffer() }];
  const { memberId = '', instance: groupInstanceId = 'i' } = o;
  return (await bench.join({ memberId, groupInstanceId, protocols })).value;
}

test('[CGP-38] a static classic member in the place of the last consumer makes the group classic, stable, with what it had', async () => {
  const bench = await Bench.ready();
  const last = new ConsumerClient(bench, 'new', { instanceId: 'i' });
  await settle(last);
  const joined = await joinStatic(bench);
  assert.deepEqual([joined.errorCode, joined.generationId, joined.leader], [ErrorCode.NONE, last.epoch, '']);
  assert.equal(bench.describeConsumer().errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal((await bench.describe()).groupState, 'Stable');
  const { memberId, generationId } = joined;
  assert.equal(bench.heartbeat(memberId, generationId, 'i'), ErrorCode.NONE);
  const synced = (await bench.sync({ memberId, generationId, groupInstanceId: 'i' })).value;
  assert.deepEqual(partsOf(synced.assignment), [0, 1, 2, 3, 4, 5]);
  assert.equal((await last.beat()).errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  await bench.restart();
  assert.equal(bench.heartbeat(memberId, generationId, 'i'), ErrorCode.NONE);
  assert.equal((await joinStatic(bench, { memberId })).leader, memberId);
  // Its session is that of a classic member from here on.
  await bench.pass(10_001);
  assert.equal((await bench.describe()).groupState, 'Empty');
});

test('[CGP-39] where that member subscribes to something else, or partitions were changing hands, the group rebalances', async () => {
  const other = await Bench.ready();
  await settle(new ConsumerClient(other, 'new', { instanceId: 'i' }));
  const { memberId, generationId } = await joinStatic(other, { topic: 'trades' });
  assert.deepEqual([generationId, (await other.describe()).groupState], [0, 'PreparingRebalance']);
  assert.equal(other.heartbeat(memberId, generationId, 'i'), ErrorCode.ILLEGAL_GENERATION);
  const again = await joinStatic(other, { memberId, topic: 'trades' });
  assert.deepEqual([again.generationId, again.leader], [3, memberId]);

  const moving = await Bench.ready();
  const old = await classicGroup(moving);
  const fresh = new ConsumerClient(moving, 'new', { instanceId: 'i' });
  await fresh.beat();
  await joinStatic(moving);
  assert.equal((await moving.describe()).groupState, 'PreparingRebalance');
  assert.equal(moving.heartbeat(old.memberId, old.generationId), ErrorCode.ILLEGAL_GENERATION);
});

test('[CGP-39] with others of the consumer protocol, and without a downgrade, the group stays what it is', async () => {
  const bench = await Bench.ready();
  await settle(new ConsumerClient(bench, 'new', { instanceId: 'i' }), new ConsumerClient(bench, 'other'));
  await joinStatic(bench);
  assert.equal(bench.describeConsumer().members?.length, 2);
  const up = await Bench.ready({ 'group.consumer.migration.policy': 'upgrade' });
  await settle(new ConsumerClient(up, 'new', { instanceId: 'i' }));
  await joinStatic(up);
  assert.equal(up.describeConsumer().members?.length, 1);
});

test('[CGP-33] group.consumer.migration.policy decides: without an upgrade the consumer is refused, without a downgrade the group stays', async () => {
  const no = await Bench.ready({ 'group.consumer.migration.policy': 'disabled' });
  await classicGroup(no);
  const refused = await new ConsumerClient(no, 'new').beat();
  assert.equal(refused.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  const up = await Bench.ready({ 'group.consumer.migration.policy': 'upgrade' });
  const { old, fresh } = await mixed(up);
  await fresh.leave();
  assert.equal(up.describeConsumer().groupState, 'Assigning');
  assert.equal(up.heartbeat(old.memberId, old.generationId), ErrorCode.REBALANCE_IN_PROGRESS);
  await round(up, old);
  assert.equal(old.parts.length, 6);
});

test('[CGP-34] an empty group becomes one of either protocol and keeps its offsets; other protocol types are not upgraded', async () => {
  const bench = await Bench.ready();
  const old = await classicGroup(bench);
  const topics = [{ name: 'orders', partitions: [{ partitionIndex: 0, committedOffset: 7 }] }];
  await bench.commit({ memberId: old.memberId, generationIdOrMemberEpoch: old.generationId, topics });
  await bench.leave({ members: [{ memberId: old.memberId }] });
  const fresh = new ConsumerClient(bench, 'new');
  await settle(fresh);
  assert.equal(fresh.epoch, 2);
  await fresh.leave();
  await classicGroup(bench);
  assert.equal((await bench.describe()).groupState, 'Stable');
  const left = await bench.fetch({ groups: [{ groupId: 'g', topics: null }] });
  assert.equal(left.groups?.[0]?.topics?.[0]?.partitions?.[0]?.committedOffset, 7);
  await bench.stable(1, { groupId: 'connect', protocolType: 'connect' });
  const refused = await new ConsumerClient(bench, 'new', { groupId: 'connect' }).beat();
  assert.equal(refused.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
});

test('[CGP-28] a group whose assignor adds data of its own stays classic: the data would be lost', async () => {
  const bench = await Bench.ready();
  const { memberId, joined } = await bench.enter({ protocols: [{ name: 'own', metadata: metadata() }] });
  await bench.pass(0);
  const writer = new Writer();
  writer.int16(1);
  const assignedPartitions = [{ topic: 'orders', partitions: [0] }];
  consumerProtocolAssignment.write(writer, 1, { assignedPartitions, userData: Buffer.from([1]) });
  const { generationId } = joined.value;
  await bench.sync({ memberId, generationId, assignments: [{ memberId, assignment: writer.toBuffer() }] });
  const refused = await new ConsumerClient(bench, 'new').beat();
  assert.equal(refused.errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.match(refused.errorMessage ?? '', /user data would be lost/);
  assert.equal(bench.heartbeat(memberId, generationId), ErrorCode.NONE);
});

test('[CGP-29] LeaveGroup takes out members of either protocol; when the last consumer goes so, the group is classic', async () => {
  const bench = await Bench.ready();
  const desk = new ConsumerClient(bench, 'desk', { instanceId: 'i' });
  await settle(desk);
  const old = (await bench.join({ protocols: [{ name: 'cooperative', metadata: metadata() }] })).value.memberId;
  await bench.join({ memberId: old, protocols: [{ name: 'cooperative', metadata: metadata() }] });
  const chair = new ConsumerClient(bench, 'chair');
  await settle(desk, chair);
  const leave = async (...members: { memberId: string; groupInstanceId?: string }[]) =>
    (await bench.leave({ members })).members?.map(({ errorCode }) => errorCode);
  const { NONE, FENCED_INSTANCE_ID, UNKNOWN_MEMBER_ID } = ErrorCode;
  assert.deepEqual(
    await leave(
      { memberId: 'chair' },
      { memberId: 'zombie', groupInstanceId: 'i' },
      { memberId: '', groupInstanceId: 'nobody' },
    ),
    [NONE, FENCED_INSTANCE_ID, UNKNOWN_MEMBER_ID],
  );
  assert.equal((await chair.beat()).errorCode, UNKNOWN_MEMBER_ID);
  assert.equal(bench.describeConsumer().members?.length, 2);
  assert.deepEqual(await leave({ memberId: '', groupInstanceId: 'i' }), [NONE]);
  assert.equal(bench.describeConsumer().errorCode, ErrorCode.GROUP_ID_NOT_FOUND);
  assert.equal((await bench.describe()).groupState, 'PreparingRebalance');
  assert.equal((await bench.describe()).members?.[0]?.memberId, old);
});

test('[CGP-35] who waits in a classic rebalance is told to come again when the group is upgraded', async () => {
  const bench = await Bench.ready();
  const old = await classicGroup(bench);
  const protocols = [{ name: 'cooperative', metadata: metadata() }];
  const { joined } = await bench.enter({ protocols });
  assert.ok(joined.isParked);
  const fresh = new ConsumerClient(bench, 'new');
  await fresh.beat();
  assert.equal(joined.value.errorCode, ErrorCode.REBALANCE_IN_PROGRESS);
  assert.equal(bench.heartbeat(old.memberId, old.generationId), ErrorCode.REBALANCE_IN_PROGRESS);
});

test('[CGP-36] a classic member that does not rejoin, or does not sync, in its rebalance time-out is out', async () => {
  const bench = await Bench.ready();
  const { old, fresh } = await mixed(bench);
  const protocols = [{ name: 'cooperative', metadata: metadata() }];
  await bench.join({ memberId: old.memberId, protocols, sessionTimeoutMs: 120_000, rebalanceTimeoutMs: 30_000 });
  await bench.pass(29_000);
  await fresh.beat();
  await bench.pass(2000);
  await settle(fresh);
  assert.equal(fresh.parts.length, 6);
  assert.equal(bench.heartbeat(old.memberId, old.generationId), ErrorCode.UNKNOWN_MEMBER_ID);
});

test('[CGP-37] classic requests in a consumer group: generations, leaving, and members of the other protocol', async () => {
  const bench = await Bench.ready();
  const { old, fresh } = await mixed(bench);
  assert.equal(bench.heartbeat(old.memberId, 99), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(bench.heartbeat(fresh.memberId, fresh.epoch), ErrorCode.UNKNOWN_MEMBER_ID);
  const sync = async (request: object) => (await bench.sync({ memberId: old.memberId, ...request })).value.errorCode;
  assert.equal(await sync({ generationId: 99 }), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(
    await sync({ generationId: old.generationId, protocolName: 'range' }),
    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
  );
  const other = await bench.join({ protocols: [{ name: 'range', metadata: metadata() }], version: 3 });
  assert.equal(other.value.errorCode, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  // A member without an id is given one before anybody looks at what it subscribes to.
  const protocols = [{ name: 'cooperative', metadata: Buffer.from([0]) }];
  assert.equal((await bench.join({ protocols, version: 9 })).value.errorCode, ErrorCode.MEMBER_ID_REQUIRED);
  const left = await bench.leave({ members: [{ memberId: old.memberId }, { memberId: 'stranger' }] });
  assert.deepEqual(
    left.members?.map(({ errorCode }) => errorCode),
    [ErrorCode.NONE, ErrorCode.UNKNOWN_MEMBER_ID],
  );
  await settle(fresh);
  assert.equal(fresh.parts.length, 6);
});
