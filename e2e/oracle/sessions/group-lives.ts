// Sessions about groups that change: between the two protocols, by regular expression, and every version of the classic requests.
import { offsetFetch } from '../../../server/protocol/schema/09-offset-fetch.ts';
import { heartbeat } from '../../../server/protocol/schema/12-heartbeat.ts';
import { leaveGroup } from '../../../server/protocol/schema/13-leave-group.ts';
import { syncGroup } from '../../../server/protocol/schema/14-sync-group.ts';
import { describeGroups } from '../../../server/protocol/schema/15-describe-groups.ts';
import { deleteGroups } from '../../../server/protocol/schema/42-delete-groups.ts';
import { offsetDelete } from '../../../server/protocol/schema/47-offset-delete.ts';
import { consumerGroupHeartbeat } from '../../../server/protocol/schema/68-consumer-group-heartbeat.ts';
import { consumerGroupDescribe } from '../../../server/protocol/schema/69-consumer-group-describe.ts';
import { Writer } from '../../../server/protocol/writer.ts';
import {
  beat,
  commit,
  committed,
  consumerBeat,
  group,
  ID,
  join,
  member,
  OTHER_ID,
  ownedOf,
  sync,
} from '../steps/groups.ts';
import type { Session, Talk } from '../talk.ts';

/** What classic consumers say of themselves, version 1 of ConsumerProtocolSubscription: no user data, nothing owned. */
function subscription(topic: string): Buffer {
  const writer = new Writer();
  writer.int16(1);
  writer.int32(1);
  writer.nullableString(topic, false);
  writer.int32(-1);
  writer.int32(0);
  return writer.toBuffer();
}

/** Version 1 of ConsumerProtocolAssignment. */
function assignment(topic: string, partitions: readonly number[]): Buffer {
  const writer = new Writer();
  writer.int16(1);
  writer.int32(1);
  writer.nullableString(topic, false);
  writer.int32(partitions.length);
  for (const partition of partitions) writer.int32(partition);
  writer.int32(-1);
  return writer.toBuffer();
}

/** A classic group of one member that owns all partitions of the topic. */
async function classicGroup(talk: Talk, groupId: string, topic: string, partitions: readonly number[]) {
  const joined = await member(talk, groupId, { metadata: subscription(topic) });
  await sync(talk, groupId, joined.generationId, joined.memberId, {
    assigned: [joined.memberId],
    assignment: assignment(topic, partitions),
  });
  return joined;
}
const described = async (talk: Talk, groupId: string) => {
  await talk.ask(describeGroups, 6, { groups: [groupId], includeAuthorizedOperations: false });
  await talk.ask(consumerGroupDescribe, 1, { groupIds: [groupId], includeAuthorizedOperations: false });
};

/** Heartbeats of one member until it owns as many partitions; how many heartbeats and epochs that takes is the coordinator's matter. */
async function beatUntilAssigned(talk: Talk, groupId: string, memberId: string, regex: string, wanted: number) {
  let epoch = 0;
  let owned: { topicId: string; partitions: number[] }[] = [];
  for (let i = 0; i < 100; i++) {
    const answer = await talk.peek(consumerGroupHeartbeat, 1, {
      groupId,
      memberId,
      memberEpoch: epoch,
      instanceId: null,
      rackId: null,
      rebalanceTimeoutMs: epoch === 0 ? 10_000 : -1,
      subscribedTopicNames: epoch === 0 ? [] : null,
      subscribedTopicRegex: epoch === 0 ? regex : null,
      serverAssignor: null,
      topicPartitions: owned,
    });
    if (answer.errorCode !== 0) {
      talk.note('refused', answer.errorCode);
      return epoch;
    }
    epoch = answer.memberEpoch;
    owned = ownedOf(answer) ?? owned;
    const count = owned.reduce((sum, { partitions }) => sum + partitions.length, 0);
    if (count === wanted) {
      talk.note(
        'owned',
        owned.map(({ partitions }) => [...partitions].sort((a, b) => a - b)).sort((a, b) => a.length - b.length),
      );
      return epoch;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  talk.note('never owned', wanted);
  return epoch;
}

const movingSessions: readonly Session[] = [
  group('upgraded', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    const classic = await classicGroup(talk, g, topic, [0, 1]);
    await commit(talk, g, topic, 5, { generation: classic.generationId, memberId: classic.memberId });
    const joined = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await described(talk, g);
    await beat(talk, g, classic.generationId, classic.memberId);
    const again = await join(talk, g, { memberId: classic.memberId, metadata: subscription(topic) });
    await sync(talk, g, again.generationId, classic.memberId);
    await beat(talk, g, again.generationId, classic.memberId);
    await consumerBeat(talk, g, { memberId: ID, epoch: joined.memberEpoch, owned: [] });
    await described(talk, g);
    await committed(talk, g, topic);
  }),
  group('downgraded', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    const classic = await classicGroup(talk, g, topic, [0, 1]);
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await consumerBeat(talk, g, { memberId: ID, epoch: -1 });
    await beat(talk, g, classic.generationId, classic.memberId);
    const again = await join(talk, g, { memberId: classic.memberId, metadata: subscription(topic) });
    await sync(talk, g, again.generationId, classic.memberId, {
      assigned: [classic.memberId],
      assignment: assignment(topic, [0, 1]),
    });
    await talk.ask(describeGroups, 6, { groups: [g], includeAuthorizedOperations: false });
  }),
  ...[true, false].map((isSame) =>
    group(`static-replaces-last-consumer${isSame ? '' : '-with-other-topics'}`, async (talk, g) => {
      const [topic, other] = [await talk.topic('t', 2), await talk.topic('u')];
      await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic], instanceId: 'i' });
      const subscribed = subscription(isSame ? topic : other);
      const joined = await join(talk, g, { instanceId: 'i', metadata: subscribed });
      await talk.ask(describeGroups, 6, { groups: [g], includeAuthorizedOperations: false });
      await beat(talk, g, joined.generationId, joined.memberId, 'i');
      await sync(talk, g, joined.generationId, joined.memberId, { instanceId: 'i' });
      await beat(talk, g, joined.generationId, joined.memberId, 'i');
      await described(talk, g);
      const again = await join(talk, g, { memberId: joined.memberId, instanceId: 'i', metadata: subscribed });
      talk.note('epoch grew', again.generationId > joined.generationId);
      await consumerBeat(talk, g, { memberId: ID, epoch: 1, instanceId: 'i' });
    }),
  ),
  group('empty-classic-to-consumer', async (talk, g) => {
    const topic = await talk.topic('t');
    const classic = await classicGroup(talk, g, topic, [0]);
    await commit(talk, g, topic, 5, { generation: classic.generationId, memberId: classic.memberId });
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: classic.memberId }] });
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await described(talk, g);
    await committed(talk, g, topic);
  }),
  group('empty-consumer-to-classic', async (talk, g) => {
    const topic = await talk.topic('t');
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await consumerBeat(talk, g, { memberId: ID, epoch: -1 });
    await classicGroup(talk, g, topic, [0]);
    await described(talk, g);
  }),
  group('connect-stays-classic', async (talk, g) => {
    const topic = await talk.topic('t');
    await member(talk, g, { protocolType: 'connect', protocols: ['default'] });
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
  }),
  group('classic-joins-consumer', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await join(talk, g, { protocolType: 'connect', protocols: ['default'] });
    await join(talk, g, { metadata: Buffer.from('00', 'hex') });
    await beat(talk, g, 1, 'nobody');
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: 'nobody' }] });
  }),
];

const regexSessions: readonly Session[] = [
  group('regex', async (talk, g) => {
    await talk.topic('r1', 2);
    await talk.topic('r22', 1);
    await talk.topic('s1', 4);
    const epoch = await beatUntilAssigned(talk, g, ID, `${talk.prefix}-r\\d+`, 3);
    const left = await talk.ask(consumerGroupHeartbeat, 1, {
      groupId: g,
      memberId: ID,
      memberEpoch: -1,
      topicPartitions: null,
    });
    talk.note('was there', epoch > 0);
    talk.note('left', left.errorCode);
  }),
  group('regex-described', async (talk, g) => {
    await talk.topic('r1', 2);
    await beatUntilAssigned(talk, g, ID, `${talk.prefix}-r.`, 2);
    const answer = await talk.peek(consumerGroupDescribe, 1, { groupIds: [g], includeAuthorizedOperations: true });
    const [found] = answer.groups;
    talk.note('authorized', found?.authorizedOperations);
    talk.note(
      'members',
      found?.members.map(({ memberEpoch: _, ...rest }) => rest),
    );
  }),
  group('regex-bad', async (talk, g) => {
    for (const regex of ['(', 'a{2', '*', '[z-a]', '(?<=a)b', '\\1']) {
      await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [], regex });
    }
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [], regex: '' });
  }),
];

const versionSessions: readonly Session[] = [
  ...[0, 1, 2, 3].map((version) =>
    group(`requests-v${version}`, async (talk, g) => {
      const { memberId, generationId } = await member(talk, g);
      await talk.ask(syncGroup, version, {
        groupId: g,
        generationId,
        memberId,
        assignments: [{ memberId, assignment: Buffer.from('all') }],
      });
      await talk.ask(heartbeat, version, { groupId: g, generationId, memberId });
      await talk.ask(heartbeat, version, { groupId: g, generationId: generationId + 1, memberId });
      await talk.ask(describeGroups, version, { groups: [g] });
      await talk.ask(leaveGroup, version, { groupId: g, memberId, members: [{ memberId }] });
      await talk.ask(leaveGroup, version, { groupId: g, memberId, members: [{ memberId }] });
    }),
  ),
  group('without-id', async (talk, g) => {
    const topic = await talk.topic('t');
    await beat(talk, '', 1, 'nobody');
    await sync(talk, '', 1, 'nobody');
    await talk.ask(leaveGroup, 4, { groupId: '', members: [{ memberId: 'nobody' }] });
    await talk.ask(deleteGroups, 2, { groupsNames: ['', g, g] });
    await talk.ask(offsetDelete, 0, { groupId: '', topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }] });
    await talk.ask(consumerGroupDescribe, 1, { groupIds: ['', g], includeAuthorizedOperations: true });
  }),
  group('several-fetched', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    await commit(talk, g, topic, 5);
    const ask = (memberId: string | null, memberEpoch: number) =>
      talk.ask(offsetFetch, 9, {
        groups: [
          { groupId: g, memberId, memberEpoch, topics: [{ name: topic, partitionIndexes: [0, 1, 9] }] },
          { groupId: `${g}2`, memberId: null, memberEpoch: -1, topics: null },
        ],
        requireStable: true,
      });
    await ask(null, -1);
    await ask('nobody', 4);
  }),
  group('848-fetched-by-members', async (talk, g) => {
    const topic = await talk.topic('t');
    const { memberEpoch } = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await commit(talk, g, topic, 5, { version: 9, generation: memberEpoch, memberId: ID });
    for (const [memberId, epoch] of [
      [ID, memberEpoch],
      [ID, memberEpoch + 1],
      [OTHER_ID, memberEpoch],
      [null, -1],
    ] as const) {
      await talk.ask(offsetFetch, 9, {
        groups: [{ groupId: g, memberId, memberEpoch: epoch, topics: [{ name: topic, partitionIndexes: [0] }] }],
        requireStable: false,
      });
    }
    await talk.ask(offsetDelete, 0, { groupId: g, topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }] });
    await consumerBeat(talk, g, { memberId: ID, epoch: memberEpoch, topics: [] });
    await talk.ask(offsetDelete, 0, { groupId: g, topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }] });
  }),
  group('848-unknown-topics', async (talk, g) => {
    const name = `${g}-later`;
    const { memberEpoch } = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [name] });
    await consumerBeat(talk, g, { memberId: ID, epoch: memberEpoch, owned: [] });
    await consumerBeat(talk, g, { memberId: ID, epoch: memberEpoch, topics: [name, 'a b', name] });
  }),
];

export const groupLifeSessions: readonly Session[] = [...movingSessions, ...regexSessions, ...versionSessions];
