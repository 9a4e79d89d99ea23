// 69 ConsumerGroupDescribe: versions 0-1, flexible (KIP-848; v1: KIP-1099 the type of each member).
import { api } from '../codec.ts';
import { array, boolean, int8, int16, int32, string, struct, uuid } from '../grammar.ts';

const assignment = struct({
  topicPartitions: array({ topicId: uuid(), topicName: string(), partitions: array(int32()) }),
});

export const consumerGroupDescribe = api({
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: '0-1',
  flexible: '0+',
  request: {
    groupIds: array(string()),
    includeAuthorizedOperations: boolean(),
  },
  response: {
    throttleTimeMs: int32(),
    groups: array({
      errorCode: int16(),
      errorMessage: string({ nullable: '0+', fallback: null }),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      assignorName: string(),
      members: array({
        memberId: string(),
        instanceId: string({ nullable: '0+', fallback: null }),
        rackId: string({ nullable: '0+', fallback: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        subscribedTopicRegex: string({ nullable: '0+', fallback: null }),
        assignment,
        targetAssignment: assignment,
        memberType: int8({ versions: '1+', fallback: -1 }),
      }),
      authorizedOperations: int32({ fallback: -2147483648 }),
    }),
  },
});
