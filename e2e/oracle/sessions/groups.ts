// Sessions about consumer groups and committed offsets, of both protocols.
import { findCoordinator } from '../../../server/protocol/schema/10-find-coordinator.ts';
import { heartbeat } from '../../../server/protocol/schema/12-heartbeat.ts';
import { leaveGroup } from '../../../server/protocol/schema/13-leave-group.ts';
import { syncGroup } from '../../../server/protocol/schema/14-sync-group.ts';
import { describeGroups } from '../../../server/protocol/schema/15-describe-groups.ts';
import { listGroups } from '../../../server/protocol/schema/16-list-groups.ts';
import { deleteGroups } from '../../../server/protocol/schema/42-delete-groups.ts';
import { offsetDelete } from '../../../server/protocol/schema/47-offset-delete.ts';
import { consumerGroupDescribe } from '../../../server/protocol/schema/69-consumer-group-describe.ts';
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
import type { Session } from '../talk.ts';

const classicSessions: readonly Session[] = [
  group('one-member', async (talk, g) => {
    const { memberId, generationId } = await member(talk, g);
    await sync(talk, g, generationId, memberId, { assigned: [memberId] });
    await beat(talk, g, generationId, memberId);
    await talk.ask(describeGroups, 5, { groups: [g], includeAuthorizedOperations: false });
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId }] });
    await talk.ask(describeGroups, 5, { groups: [g], includeAuthorizedOperations: false });
  }),
  ...[0, 1, 2, 3, 4, 5, 9].map((version) =>
    group(`join-v${version}`, async (talk, g) => {
      const { memberId, generationId } = await member(talk, g, { version });
      await beat(talk, g, generationId, memberId);
      await sync(talk, g, generationId, memberId, { assigned: [memberId] });
    }),
  ),
  group('two-members', async (talk, g) => {
    const first = await member(talk, g);
    await sync(talk, g, first.generationId, first.memberId, { assigned: [first.memberId] });
    const asked = await join(talk, g, { wire: 'second' });
    const joining = join(talk, g, { memberId: asked.memberId, wire: 'second' });
    await talk.until(
      heartbeat,
      4,
      { groupId: g, generationId: first.generationId, memberId: first.memberId },
      ({ errorCode }) => errorCode === 27,
    );
    const again = await join(talk, g, { memberId: first.memberId });
    const second = await joining;
    await sync(talk, g, again.generationId, first.memberId, { assigned: [first.memberId, second.memberId] });
    await sync(talk, g, second.generationId, second.memberId);
    await beat(talk, g, first.generationId, first.memberId);
  }),
  group('wrong-protocol', async (talk, g) => {
    const { memberId, generationId } = await member(talk, g);
    await sync(talk, g, generationId, memberId, { assigned: [memberId] });
    await join(talk, g, { protocols: ['roundrobin'], wire: 'second' });
    await join(talk, g, { protocolType: 'connect', wire: 'second' });
    await join(talk, g, { protocols: [], wire: 'second' });
  }),
  group('bad-sessions', async (talk, g) => {
    await join(talk, g, { sessionTimeoutMs: 1 });
    await join(talk, g, { sessionTimeoutMs: 3_600_001 });
    await join(talk, '', {});
    await join(talk, g, { memberId: 'nobody' });
  }),
  group('strangers', async (talk, g) => {
    await beat(talk, g, 1, 'nobody');
    await sync(talk, g, 1, 'nobody');
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: 'nobody' }] });
    const { memberId, generationId } = await member(talk, g);
    await beat(talk, g, generationId + 1, memberId);
    await sync(talk, g, generationId + 1, memberId);
    await sync(talk, g, generationId, 'nobody');
    await sync(talk, g, generationId, memberId, { assigned: [memberId] });
    await beat(talk, g, generationId, 'nobody');
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: 'nobody' }] });
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: 'nobody' }, { memberId }] });
  }),
  group('static-member', async (talk, g) => {
    const first = await join(talk, g, { instanceId: 'i1' });
    await sync(talk, g, first.generationId, first.memberId, { assigned: [first.memberId] });
    const again = await join(talk, g, { instanceId: 'i1', wire: 'second' });
    await beat(talk, g, first.generationId, first.memberId, 'i1');
    await beat(talk, g, again.generationId, again.memberId, 'i1');
    await talk.ask(describeGroups, 5, { groups: [g], includeAuthorizedOperations: false });
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: '', groupInstanceId: 'i1' }] });
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: '', groupInstanceId: 'i1' }] });
  }),
  group('sync-wrong-name', async (talk, g) => {
    const { memberId, generationId } = await member(talk, g);
    await talk.ask(syncGroup, 5, {
      groupId: g,
      generationId,
      memberId,
      protocolType: 'other',
      protocolName: 'range',
      assignments: [],
    });
    await talk.ask(syncGroup, 5, {
      groupId: g,
      generationId,
      memberId,
      protocolType: 'consumer',
      protocolName: 'other',
      assignments: [],
    });
  }),
  group('listed', async (talk, g) => {
    const { memberId, generationId } = await member(talk, g);
    await sync(talk, g, generationId, memberId, { assigned: [memberId] });
    for (const [version, states, types] of [
      [2, [], []],
      [4, ['Stable'], []],
      [4, ['Nonsense'], []],
      [5, [], ['classic']],
      [5, ['stable'], ['consumer']],
    ] as const) {
      const answer = await talk
        .peek(listGroups, version, { statesFilter: [...states], typesFilter: [...types] })
        .catch(() => null);
      talk.note(`listed v${version} ${states} ${types}`, answer?.groups.filter(({ groupId }) => groupId === g) ?? null);
    }
  }),
  group('unknown-described', async (talk, g) => {
    await talk.ask(describeGroups, 5, { groups: [g, ''], includeAuthorizedOperations: true });
    await talk.ask(describeGroups, 6, { groups: [g], includeAuthorizedOperations: false });
    await talk.ask(deleteGroups, 2, { groupsNames: [g] });
    await talk.ask(consumerGroupDescribe, 1, { groupIds: [g], includeAuthorizedOperations: false });
  }),
  group('delete-non-empty', async (talk, g) => {
    const { memberId, generationId } = await member(talk, g);
    await sync(talk, g, generationId, memberId, { assigned: [memberId] });
    await talk.ask(deleteGroups, 2, { groupsNames: [g] });
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId }] });
    await talk.ask(deleteGroups, 2, { groupsNames: [g] });
    await talk.ask(deleteGroups, 2, { groupsNames: [g] });
  }),
];

const offsetSessions: readonly Session[] = [
  ...[2, 5, 6, 8, 9].map((version) =>
    group(`commit-v${version}`, async (talk, g) => {
      const topic = await talk.topic('t', 2);
      await commit(talk, g, topic, 5, { version });
      await committed(talk, g, topic, version < 6 ? 2 : 7);
      await committed(talk, g, null, 8);
    }),
  ),
  group('commit-unknown-topic', async (talk, g) => {
    await commit(talk, g, 'never-there', 5);
    await committed(talk, g, 'never-there');
    const topic = await talk.topic('t');
    await commit(talk, g, topic, 5, { partition: 9 });
    await committed(talk, g, topic);
  }),
  group('commit-metadata', async (talk, g) => {
    const topic = await talk.topic('t');
    await commit(talk, g, topic, 1, { metadata: null });
    await committed(talk, g, topic);
    await commit(talk, g, topic, 2, { metadata: 'x'.repeat(5_000) });
    await committed(talk, g, topic);
  }),
  group('commit-odd-offsets', async (talk, g) => {
    const topic = await talk.topic('t');
    await commit(talk, g, topic, -1);
    await commit(talk, g, topic, -5);
    await commit(talk, g, topic, 1_000_000);
    await committed(talk, g, topic);
  }),
  group('commit-generations', async (talk, g) => {
    const topic = await talk.topic('t');
    await commit(talk, g, topic, 1, { generation: 3, memberId: 'nobody' });
    const { memberId, generationId } = await member(talk, g);
    await commit(talk, g, topic, 2, { generation: generationId, memberId });
    await sync(talk, g, generationId, memberId, { assigned: [memberId] });
    await commit(talk, g, topic, 3, { generation: generationId, memberId });
    await commit(talk, g, topic, 4, { generation: generationId - 1, memberId });
    await commit(talk, g, topic, 5, { generation: generationId + 1, memberId });
    await commit(talk, g, topic, 6, { generation: generationId, memberId: 'nobody' });
    await commit(talk, g, topic, 7);
    await committed(talk, g, topic);
  }),
  group('fetch-nothing', async (talk, g) => {
    const topic = await talk.topic('t');
    await committed(talk, g, topic);
    await committed(talk, g, null);
    await committed(talk, g, topic, 8);
    await committed(talk, g, null, 9);
  }),
  group('offset-delete', async (talk, g) => {
    const topic = await talk.topic('t');
    await talk.ask(offsetDelete, 0, { groupId: g, topics: [{ name: topic, partitions: [{ partitionIndex: 0 }] }] });
    await commit(talk, g, topic, 5);
    await talk.ask(offsetDelete, 0, {
      groupId: g,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0 }, { partitionIndex: 8 }] }],
    });
    await committed(talk, g, topic);
  }),
  {
    name: 'find-coordinator',
    run: async (talk) => {
      const key = `${talk.prefix}-g`;
      await talk.coordinator(key, 0);
      await talk.ask(findCoordinator, 2, { key, keyType: 0 });
      await talk.ask(findCoordinator, 4, { keyType: 0, coordinatorKeys: [key, `${key}2`] });
      await talk.ask(findCoordinator, 4, { keyType: 0, coordinatorKeys: [''] });
      await talk.coordinator('', 1);
      await talk.ask(findCoordinator, 4, { keyType: 1, coordinatorKeys: [''] });
      await talk.ask(findCoordinator, 4, { keyType: 9, coordinatorKeys: [key] });
    },
  },
];

const consumerSessions: readonly Session[] = [
  group('848-one-member', async (talk, g) => {
    const topic = await talk.topic('t', 3);
    const joined = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    const epoch = joined.memberEpoch;
    await consumerBeat(talk, g, { memberId: ID, epoch, owned: ownedOf(joined) ?? [] });
    await consumerBeat(talk, g, { memberId: ID, epoch });
    await talk.ask(consumerGroupDescribe, 1, { groupIds: [g], includeAuthorizedOperations: false });
    await consumerBeat(talk, g, { memberId: ID, epoch: -1 });
    await talk.ask(consumerGroupDescribe, 1, { groupIds: [g], includeAuthorizedOperations: false });
  }),
  group('848-errors', async (talk, g) => {
    const topic = await talk.topic('t');
    await consumerBeat(talk, g, { memberId: ID, epoch: 3 });
    await consumerBeat(talk, g, { memberId: '', epoch: 0, topics: [topic] });
    await consumerBeat(talk, '', { memberId: ID, epoch: 0, topics: [topic] });
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: null });
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic], assignor: 'nonsense' });
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, regex: '[' });
    const joined = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await consumerBeat(talk, g, { memberId: ID, epoch: joined.memberEpoch + 1 });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: joined.memberEpoch });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: -1 });
  }),
  group('848-static', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    const joined = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic], instanceId: 'i1' });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: 0, topics: [topic], instanceId: 'i1' });
    await consumerBeat(talk, g, { memberId: ID, epoch: -2, instanceId: 'i1' });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: 0, topics: [topic], instanceId: 'i1' });
    await consumerBeat(talk, g, { memberId: ID, epoch: joined.memberEpoch, instanceId: 'i1' });
  }),
  group('848-commit-epochs', async (talk, g) => {
    const topic = await talk.topic('t');
    const { memberEpoch } = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await commit(talk, g, topic, 3, { version: 9, generation: memberEpoch, memberId: ID });
    await commit(talk, g, topic, 4, { version: 9, generation: memberEpoch + 1, memberId: ID });
    await commit(talk, g, topic, 5, { version: 9, generation: memberEpoch, memberId: OTHER_ID });
    await commit(talk, g, topic, 6, { version: 9 });
    await committed(talk, g, topic, 9);
  }),
  group('848-two-members', async (talk, g) => {
    const topic = await talk.topic('t', 4);
    const first = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic], assignor: 'range' });
    await consumerBeat(talk, g, { memberId: ID, epoch: first.memberEpoch, owned: ownedOf(first) ?? [] });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: 0, topics: [topic] });
    const revoked = await consumerBeat(talk, g, { memberId: ID, epoch: first.memberEpoch });
    const kept = ownedOf(revoked) ?? [];
    const moved = await consumerBeat(talk, g, { memberId: ID, epoch: revoked.memberEpoch, owned: kept });
    talk.note('the first is at', moved.memberEpoch);
    await talk.ask(consumerGroupDescribe, 1, { groupIds: [g], includeAuthorizedOperations: false });
  }),
  group('848-mixed', async (talk, g) => {
    const topic = await talk.topic('t');
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await talk.ask(describeGroups, 5, { groups: [g], includeAuthorizedOperations: false });
    await talk.ask(deleteGroups, 2, { groupsNames: [g] });
  }),
];

export const groupSessions: readonly Session[] = [...classicSessions, ...offsetSessions, ...consumerSessions];
