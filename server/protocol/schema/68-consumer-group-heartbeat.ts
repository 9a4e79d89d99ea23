// 68 ConsumerGroupHeartbeat: versions 0-1, flexible (KIP-848; v1: KIP-1082 member ids of the client's own, regular expressions).
import { api } from '../codec.ts';
import { array, int16, int32, string, struct, uuid } from '../grammar.ts';

export const consumerGroupHeartbeat = api({
  key: 68,
  name: 'ConsumerGroupHeartbeat',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    instanceId: string({ nullable: '0+', fallback: null }),
    rackId: string({ nullable: '0+', fallback: null }),
    rebalanceTimeoutMs: int32({ fallback: -1 }),
    subscribedTopicNames: array(string(), { nullable: '0+', fallback: null }),
    subscribedTopicRegex: string({ versions: '1+', nullable: '1+', fallback: null }),
    serverAssignor: string({ nullable: '0+', fallback: null }),
    topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }, { nullable: '0+', fallback: null }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: '0+', fallback: null }),
    memberId: string({ nullable: '0+', fallback: null }),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    assignment: struct(
      { topicPartitions: array({ topicId: uuid(), partitions: array(int32()) }) },
      { nullable: '0+', fallback: null },
    ),
  },
});
