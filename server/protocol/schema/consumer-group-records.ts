// Records of __consumer_offsets for groups of the consumer protocol (KIP-848), as Apache Kafka 4 defines them. Each key begins with
// an int16 type (CONSUMER_KEY_TYPE), each value with an int16 version.
import { message } from '../codec.ts';
import { array, bytes, int8, int32, int64, string, struct, uuid } from '../grammar.ts';

/** partitionMetadata is written no more since Kafka 4.1 (KIP-1101), but may be found. */
export const CONSUMER_KEY_TYPE = {
  group: 3,
  partitionMetadata: 4,
  member: 5,
  targetMetadata: 6,
  targetMember: 7,
  currentMember: 8,
  regex: 16,
} as const;

const topicPartitions = () => array({ topicId: uuid(), partitions: array(int32()) });

/** Keys 3, 4 and 6. */
export const consumerGroupKey = message({ versions: '0', flexible: 'none', fields: { groupId: string() } });

/** Keys 5, 7 and 8. */
export const consumerGroupMemberKey = message({
  versions: '0',
  flexible: 'none',
  fields: { groupId: string(), memberId: string() },
});

/** Key 16. */
export const consumerGroupRegexKey = message({
  versions: '0',
  flexible: 'none',
  fields: { groupId: string(), regularExpression: string() },
});

/** Type 3. */
export const consumerGroupMetadataValue = message({
  versions: '0',
  flexible: '0+',
  fields: { epoch: int32(), metadataHash: int64({ tag: 0, tagged: '0+' }) },
});

/** Type 5. */
export const consumerGroupMemberMetadataValue = message({
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string({ nullable: '0+' }),
    rackId: string({ nullable: '0+' }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
    subscribedTopicRegex: string({ nullable: '0+' }),
    rebalanceTimeoutMs: int32({ fallback: -1 }),
    serverAssignor: string({ nullable: '0+' }),
    classicMemberMetadata: struct(
      { sessionTimeoutMs: int32(), supportedProtocols: array({ name: string(), metadata: bytes() }) },
      { nullable: '0+', tag: 0, tagged: '0+', fallback: null },
    ),
  },
});

/** Type 6. */
export const consumerGroupTargetAssignmentMetadataValue = message({
  versions: '0',
  flexible: '0+',
  fields: { assignmentEpoch: int32() },
});

/** Type 7. */
export const consumerGroupTargetAssignmentMemberValue = message({
  versions: '0',
  flexible: '0+',
  fields: { topicPartitions: topicPartitions() },
});

/** Type 8. */
export const consumerGroupCurrentMemberAssignmentValue = message({
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: topicPartitions(),
    partitionsPendingRevocation: topicPartitions(),
  },
});

/** Type 16. */
export const consumerGroupRegularExpressionValue = message({
  versions: '0',
  flexible: '0+',
  fields: { topics: array(string()), version: int64(), timestamp: int64() },
});
