// What ConsumerGroupDescribe says of a group.
import { assignorOf } from './advance.ts';
import type { ConsumerGroup } from './group.ts';
import { stateOf } from './group.ts';
import type { Assignment } from './partitions.ts';
import { NO_PARTITIONS, toTopicPartitions, union } from './partitions.ts';
import type { Topics } from './turn.ts';

export const CONSUMER_GROUP_TYPE = 'consumer';
const MEMBER_TYPE = { classic: 0, consumer: 1 } as const;

export function describeConsumerGroup(group: ConsumerGroup, assignors: readonly string[], topics: Topics) {
  const named = (assignment: Assignment) => ({
    topicPartitions: toTopicPartitions(assignment).flatMap(({ topicId, partitions }) => {
      const topicName = topics.nameOf(topicId);
      return topicName === null ? [] : [{ topicId, topicName, partitions }];
    }),
  });
  return {
    groupState: stateOf(group) as string,
    groupEpoch: group.epoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: assignorOf(group, assignors),
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      instanceId: member.instanceId,
      rackId: member.rackId,
      memberEpoch: member.epoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: member.topics,
      subscribedTopicRegex: member.regex ?? '',
      // What it still has, though it is to give some of it back (Kafka since 4.4).
      assignment: named(union(member.assigned, member.pendingRevocation)),
      targetAssignment: named(group.targets.get(member.memberId) ?? NO_PARTITIONS),
      memberType: member.classic === null ? MEMBER_TYPE.consumer : MEMBER_TYPE.classic,
    })),
  };
}
