// Sessions about groups while they move: what is described between two generations, instances that nobody has, and static members
// that return at each moment.

import { offsetCommit } from '../../../server/protocol/schema/08-offset-commit.ts';
import { heartbeat } from '../../../server/protocol/schema/12-heartbeat.ts';
import { leaveGroup } from '../../../server/protocol/schema/13-leave-group.ts';
import { describeGroups } from '../../../server/protocol/schema/15-describe-groups.ts';
import { consumerGroupHeartbeat } from '../../../server/protocol/schema/68-consumer-group-heartbeat.ts';
import { consumerGroupDescribe } from '../../../server/protocol/schema/69-consumer-group-describe.ts';
import { beat, consumerBeat, group, ID, join, member, ownedOf, sync } from '../steps/groups.ts';
import type { Session, Talk } from '../talk.ts';

const REBALANCE_IN_PROGRESS = 27;
const other = Buffer.from('0000000000010001750000000000', 'hex');

const described = (talk: Talk, groupId: string) =>
  talk.ask(describeGroups, 5, { groups: [groupId], includeAuthorizedOperations: true });
const commitAs = (
  talk: Talk,
  groupId: string,
  topic: string,
  who: { memberId: string; generation: number; instance: string | null },
) =>
  talk.ask(offsetCommit, 8, {
    groupId,
    memberId: who.memberId,
    generationIdOrMemberEpoch: who.generation,
    groupInstanceId: who.instance,
    topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset: 1 }] }],
  });
/** Until the members of the generation are told to come again. */
const untilMoving = (
  talk: Talk,
  groupId: string,
  generationId: number,
  memberId: string,
  groupInstanceId: string | null = null,
) =>
  talk.until(
    heartbeat,
    4,
    { groupId, generationId, memberId, groupInstanceId },
    ({ errorCode }) => errorCode === REBALANCE_IN_PROGRESS,
  );

/** A stable group of a leader and a follower, each on a connection of its own. */
async function pair(talk: Talk, groupId: string) {
  const first = await member(talk, groupId);
  await sync(talk, groupId, first.generationId, first.memberId, { assigned: [first.memberId] });
  const asked = await join(talk, groupId, { wire: 'second' });
  const joining = join(talk, groupId, { memberId: asked.memberId, wire: 'second' });
  await untilMoving(talk, groupId, first.generationId, first.memberId);
  const { generationId, memberId: leader } = await join(talk, groupId, { memberId: first.memberId });
  const { memberId: follower } = await joining;
  await sync(talk, groupId, generationId, leader, { assigned: [leader, follower] });
  await sync(talk, groupId, generationId, follower);
  return { generationId, leader, follower };
}

export const groupMoveSessions: readonly Session[] = [
  group('described-while-it-moves', async (talk, g) => {
    const { leader, follower, generationId } = await pair(talk, g);
    await described(talk, g);
    const rejoining = join(talk, g, { memberId: follower, metadata: other, wire: 'second' });
    await untilMoving(talk, g, generationId, leader);
    await described(talk, g);
    const again = await join(talk, g, { memberId: leader });
    await rejoining;
    await described(talk, g);
    const third = join(talk, g, { memberId: follower, wire: 'second' });
    await untilMoving(talk, g, again.generationId, leader);
    await described(talk, g);
    await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: follower }] });
    await third;
    await described(talk, g);
  }),
  group('instances-of-nobody', async (talk, g) => {
    const topic = await talk.topic('t');
    const { memberId, generationId } = await join(talk, g, { instanceId: 'i' });
    await sync(talk, g, generationId, memberId, { assigned: [memberId], instanceId: 'i' });
    for (const instanceId of ['nobody', 'i']) {
      for (const id of [memberId, 'zombie']) {
        if (instanceId === 'i' && id === memberId) continue;
        await beat(talk, g, generationId, id, instanceId);
        await sync(talk, g, generationId, id, { instanceId });
        await join(talk, g, { memberId: id, instanceId });
        await commitAs(talk, g, topic, { memberId: id, generation: generationId, instance: instanceId });
        await talk.ask(leaveGroup, 4, { groupId: g, members: [{ memberId: id, groupInstanceId: instanceId }] });
      }
    }
    await commitAs(talk, g, topic, { memberId, generation: generationId, instance: null });
    await commitAs(talk, g, topic, { memberId: '', generation: generationId, instance: 'i' });
    await beat(talk, g, generationId, memberId);
    await described(talk, g);
  }),
  group('static-returns-unlike-it-was', async (talk, g) => {
    const first = await join(talk, g, { instanceId: 'i', protocols: ['range', 'sticky'] });
    await sync(talk, g, first.generationId, first.memberId, { assigned: [first.memberId], instanceId: 'i' });
    const same = await join(talk, g, { instanceId: 'i', protocols: ['range', 'sticky'], metadata: other });
    await described(talk, g);
    await sync(talk, g, same.generationId, same.memberId, { instanceId: 'i' });
    const turned = await join(talk, g, { instanceId: 'i', protocols: ['sticky', 'range'], version: 9 });
    await described(talk, g);
    await beat(talk, g, turned.generationId, turned.memberId, 'i');
    const between = await join(talk, g, { instanceId: 'i', protocols: ['sticky'], version: 9 });
    await sync(talk, g, between.generationId, between.memberId, { instanceId: 'i' });
    await described(talk, g);
  }),
  group('static-returns-beside-others', async (talk, g) => {
    const fixed = await join(talk, g, { instanceId: 'i' });
    await sync(talk, g, fixed.generationId, fixed.memberId, { assigned: [fixed.memberId], instanceId: 'i' });
    const asked = await join(talk, g, { wire: 'second' });
    const joining = join(talk, g, { memberId: asked.memberId, wire: 'second' });
    await untilMoving(talk, g, fixed.generationId, fixed.memberId, 'i');
    const back = await join(talk, g, { instanceId: 'i' });
    const second = await joining;
    talk.note('together', back.generationId === second.generationId);
    await beat(talk, g, back.generationId, fixed.memberId, 'i');
    await sync(talk, g, back.generationId, back.memberId, {
      assigned: [back.memberId, second.memberId],
      instanceId: 'i',
    });
    await sync(talk, g, second.generationId, second.memberId);
    await described(talk, g);
    await talk.ask(leaveGroup, 4, {
      groupId: g,
      members: [{ memberId: second.memberId }, { memberId: '', groupInstanceId: 'i' }],
    });
    await described(talk, g);
  }),
  ...[true, false].map((isCustom) =>
    group(`upgraded-from-${isCustom ? 'a-custom' : 'an-ordinary'}-assignor`, async (talk, g) => {
      const topic = await talk.topic('t', 1);
      const { memberId, generationId } = await member(talk, g);
      const partitions = Buffer.from('0000000000010000000100000000', 'hex');
      const name = Buffer.from(topic);
      const size = Buffer.alloc(2);
      size.writeInt16BE(name.length);
      const userData = Buffer.from(isCustom ? '000000020102' : '00000000', 'hex');
      const assignment = Buffer.concat([partitions.subarray(0, 6), size, name, partitions.subarray(6), userData]);
      await sync(talk, g, generationId, memberId, { assigned: [memberId], assignment });
      await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
      await beat(talk, g, generationId, memberId);
    }),
  ),
  group('848-resubscribes', async (talk, g) => {
    const [one, two] = [await talk.topic('t', 2), await talk.topic('u', 1)];
    // Which topic comes first follows from their ids: answers are told by how many partitions there are of each.
    const asked = async (epoch: number, more: Omit<Parameters<typeof consumerBeat>[2], 'memberId' | 'epoch'>) => {
      const answer = await talk.peek(consumerGroupHeartbeat, 1, {
        groupId: g,
        memberId: ID,
        memberEpoch: epoch,
        rebalanceTimeoutMs: epoch === 0 ? 10_000 : -1,
        subscribedTopicNames: more.topics === undefined || more.topics === null ? null : [...more.topics],
        serverAssignor: more.assignor ?? null,
        topicPartitions: more.owned ?? (epoch === 0 ? [] : null),
      });
      const given = answer.assignment?.topicPartitions.map(({ partitions }) => partitions.length).sort() ?? null;
      talk.note('heartbeat', [answer.errorCode, answer.memberEpoch - epoch, given]);
      return answer;
    };
    const first = await asked(0, { topics: [one] });
    await asked(first.memberEpoch, {});
    const wider = await asked(first.memberEpoch, { topics: [one, two], owned: ownedOf(first) });
    const same = await asked(wider.memberEpoch, { topics: [two, one, two] });
    const ranged = await asked(same.memberEpoch, { assignor: 'range' });
    talk.note(
      'epochs',
      [wider, same, ranged].map(({ memberEpoch }) => memberEpoch - first.memberEpoch),
    );
    const narrower = await asked(ranged.memberEpoch, { topics: [two] });
    await asked(narrower.memberEpoch, { owned: ownedOf(narrower) });
    await talk.ask(consumerGroupDescribe, 1, { groupIds: [g], includeAuthorizedOperations: true });
    const none = await asked(narrower.memberEpoch, { topics: [] });
    talk.note('nothing left', none.errorCode);
  }),
];
