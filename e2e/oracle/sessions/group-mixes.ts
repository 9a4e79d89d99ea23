// Sessions about consumer groups asked in odd ways, and with members of both protocols.
import { leaveGroup } from '../../../server/protocol/schema/13-leave-group.ts';
import { describeGroups } from '../../../server/protocol/schema/15-describe-groups.ts';
import { incrementalAlterConfigs } from '../../../server/protocol/schema/44-incremental-alter-configs.ts';
import { consumerGroupHeartbeat } from '../../../server/protocol/schema/68-consumer-group-heartbeat.ts';
import { consumerGroupDescribe } from '../../../server/protocol/schema/69-consumer-group-describe.ts';
import { Writer } from '../../../server/protocol/writer.ts';
import { beat, commit, consumerBeat, group, ID, join, OTHER_ID, ownedOf, sync } from '../steps/groups.ts';
import type { Session, Talk } from '../talk.ts';

/** Version 1 of ConsumerProtocolSubscription: no user data, nothing owned. */
function subscription(...topics: readonly string[]): Buffer {
  const writer = new Writer();
  writer.int16(1);
  writer.int32(topics.length);
  for (const topic of topics) writer.nullableString(topic, false);
  writer.int32(-1);
  writer.int32(0);
  return writer.toBuffer();
}
const described = (talk: Talk, groupId: string) =>
  talk.ask(consumerGroupDescribe, 1, { groupIds: [groupId], includeAuthorizedOperations: true });

export const groupMixSessions: readonly Session[] = [
  group('848-odd-requests', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    const full = {
      groupId: g,
      memberId: ID,
      memberEpoch: 0,
      rebalanceTimeoutMs: 10_000,
      subscribedTopicNames: [topic],
      topicPartitions: [],
    };
    for (const odd of [
      { memberEpoch: -3 },
      { memberEpoch: -2 },
      { memberEpoch: -1 },
      { instanceId: '' },
      { instanceId: ' ' },
      { rackId: '' },
      { memberId: ' ' },
      { groupId: ' ' },
      { rebalanceTimeoutMs: -1 },
      { rebalanceTimeoutMs: 0 },
      { rebalanceTimeoutMs: -5 },
      { topicPartitions: null },
      { subscribedTopicNames: null },
      { subscribedTopicNames: [] },
      { subscribedTopicNames: null, subscribedTopicRegex: '' },
      { serverAssignor: '' },
      { serverAssignor: 'UNIFORM' },
      { memberEpoch: 7 },
      { memberEpoch: 7, instanceId: 'i' },
      { memberEpoch: -1, instanceId: 'i' },
      { memberEpoch: -2, instanceId: 'i' },
    ]) {
      talk.note(JSON.stringify(odd).replaceAll(g, 'g'), null);
      const own = `${g}${talk.trace.length}`;
      const answer = await talk.ask(consumerGroupHeartbeat, 1, { ...full, groupId: own, ...odd });
      if (answer.errorCode === 0 && answer.memberEpoch > 0) await described(talk, own);
    }
    await talk.ask(consumerGroupHeartbeat, 0, { ...full, memberId: '' });
  }),
  group('848-epoch-zero-again', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    const first = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    await consumerBeat(talk, g, { memberId: ID, epoch: first.memberEpoch, owned: ownedOf(first) });
    const second = await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: 0, topics: [topic] });
    await consumerBeat(talk, g, { memberId: ID, epoch: first.memberEpoch - 1, owned: [] });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: second.memberEpoch - 1, owned: [] });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: second.memberEpoch });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: -1 });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: -1 });
    await consumerBeat(talk, g, { memberId: ID, epoch: -1 });
    await described(talk, g);
    await consumerBeat(talk, g, { memberId: ID, epoch: -1 });
  }),
  group('848-static-away', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    const here = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic], instanceId: 'i' });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: -2, instanceId: 'i' });
    await consumerBeat(talk, g, { memberId: OTHER_ID, epoch: -1, instanceId: 'i' });
    await consumerBeat(talk, g, { memberId: ID, epoch: -2, instanceId: 'i' });
    await described(talk, g);
    await commit(talk, g, topic, 3, { version: 9, generation: here.memberEpoch, memberId: ID });
    await consumerBeat(talk, g, { memberId: ID, epoch: here.memberEpoch, instanceId: 'i' });
    await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic], instanceId: 'i' });
    await described(talk, g);
    await consumerBeat(talk, g, { memberId: ID, epoch: -1, instanceId: 'i' });
    await described(talk, g);
  }),
  group('848-classic-members', async (talk, g) => {
    const topic = await talk.topic('t', 2);
    const first = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    const fixed = await join(talk, g, { instanceId: 'i', metadata: subscription(topic), wire: 'second' });
    await beat(talk, g, fixed.generationId, fixed.memberId, 'i');
    await beat(talk, g, fixed.generationId, fixed.memberId);
    await beat(talk, g, fixed.generationId, fixed.memberId, 'nobody');
    await beat(talk, g, fixed.generationId + 1, fixed.memberId, 'i');
    await sync(talk, g, fixed.generationId, fixed.memberId, { instanceId: 'i' });
    const kept = await consumerBeat(talk, g, { memberId: ID, epoch: first.memberEpoch });
    await consumerBeat(talk, g, { memberId: ID, epoch: kept.memberEpoch, owned: ownedOf(kept) });
    await beat(talk, g, fixed.generationId, fixed.memberId, 'i');
    const again = await join(talk, g, {
      memberId: fixed.memberId,
      instanceId: 'i',
      metadata: subscription(topic),
      wire: 'second',
    });
    await sync(talk, g, again.generationId, fixed.memberId, { instanceId: 'i' });
    await commit(talk, g, topic, 3, { version: 8, generation: again.generationId, memberId: fixed.memberId });
    await commit(talk, g, topic, 3, { version: 8, generation: again.generationId + 1, memberId: fixed.memberId });
    await described(talk, g);
    await join(talk, g, { memberId: 'nobody', metadata: subscription(topic), wire: 'second' });
    await join(talk, g, { memberId: fixed.memberId, instanceId: 'j', metadata: subscription(topic), wire: 'second' });
    await join(talk, g, { protocols: ['sticky'], metadata: subscription(topic), wire: 'second' });
    await talk.ask(leaveGroup, 4, {
      groupId: g,
      members: [
        { memberId: ID },
        { memberId: ID },
        { memberId: 'zombie', groupInstanceId: 'i' },
        { memberId: '', groupInstanceId: 'i' },
        { memberId: '', groupInstanceId: 'j' },
      ],
    });
    await described(talk, g);
    await talk.ask(describeGroups, 5, { groups: [g], includeAuthorizedOperations: false });
  }),
  group('848-settings-of-a-group', async (talk, g) => {
    const topic = await talk.topic('t');
    const joined = await consumerBeat(talk, g, { memberId: ID, epoch: 0, topics: [topic] });
    const configs = [{ name: 'consumer.heartbeat.interval.ms', configOperation: 0, value: '7000' }];
    await talk.ask(incrementalAlterConfigs, 1, {
      resources: [{ resourceType: 32, resourceName: g, configs }],
      validateOnly: false,
    });
    await talk.pause();
    await consumerBeat(talk, g, { memberId: ID, epoch: joined.memberEpoch });
  }),
  group('848-pattern-beside-names', async (talk, g) => {
    const one = await talk.topic('a1', 1);
    await talk.topic('b1', 1);
    const ask = (memberEpoch: number, names: string[] | null, subscribedTopicRegex: string | null) =>
      talk.peek(consumerGroupHeartbeat, 1, {
        groupId: g,
        memberId: ID,
        memberEpoch,
        rebalanceTimeoutMs: memberEpoch === 0 ? 10_000 : -1,
        subscribedTopicNames: names,
        subscribedTopicRegex,
        topicPartitions: memberEpoch === 0 ? [] : null,
      });
    const settled = async (wanted: number, epoch: number) => {
      let at = epoch;
      for (let i = 0; i < 50; i++) {
        const answer = await ask(at, null, null);
        at = answer.memberEpoch;
        const group = (await talk.peek(consumerGroupDescribe, 1, { groupIds: [g], includeAuthorizedOperations: false }))
          .groups[0];
        const partitions = group?.members[0]?.assignment.topicPartitions.length ?? -1;
        if (partitions === wanted) {
          talk.note(`has ${wanted}`, [
            group?.members[0]?.subscribedTopicNames,
            group?.members[0]?.subscribedTopicRegex,
          ]);
          return at;
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      talk.note('never had', wanted);
      return at;
    };
    const joined = await ask(0, [one], `${talk.prefix}-b.*`);
    let epoch = await settled(2, joined.memberEpoch);
    const without = await ask(epoch, null, '');
    talk.note('without a pattern', without.errorCode);
    epoch = await settled(1, without.memberEpoch);
    const bad = await ask(epoch, null, '(');
    talk.note('a bad pattern', bad.errorCode);
  }),
];
