// Records of consumer groups: what they mean to the coordinator, and their bytes in Kafka's format. Read and written through
// coordinator/records.ts. Source: KIP-848, Kafka's GroupCoordinatorRecordHelpers.
import { DecodeError } from '../../../../kernel/decode-error.ts';
import { Reader } from '../../../../protocol/reader.ts';
import {
  CONSUMER_KEY_TYPE,
  consumerGroupCurrentMemberAssignmentValue,
  consumerGroupKey,
  consumerGroupMemberKey,
  consumerGroupMemberMetadataValue,
  consumerGroupMetadataValue,
  consumerGroupRegexKey,
  consumerGroupRegularExpressionValue,
  consumerGroupTargetAssignmentMemberValue,
  consumerGroupTargetAssignmentMetadataValue,
} from '../../../../protocol/schema/consumer-group-records.ts';
import { Writer } from '../../../../protocol/writer.ts';
import type { Possession, ResolvedRegex, Subscription } from './group.ts';
import type { Assignment } from './partitions.ts';
import { toAssignment, toTopicPartitions } from './partitions.ts';

/** No value is a tombstone. */
type Of<K extends string, V, Key = object> = {
  readonly kind: K;
  readonly groupId: string;
  readonly value: V | null;
} & Readonly<Key>;
type PerMember = { memberId: string };

export type ConsumerRecord =
  | Of<'consumerGroup', { readonly epoch: number; readonly metadataHash: number }>
  | Of<'consumerMember', Subscription, PerMember>
  | Of<'consumerTargetEpoch', number>
  | Of<'consumerTarget', Assignment, PerMember>
  | Of<'consumerCurrent', Possession, PerMember>
  | Of<'consumerRegex', ResolvedRegex, { regex: string }>;

const KEY_TYPE: { readonly [K in ConsumerRecord['kind']]: number } = {
  consumerGroup: CONSUMER_KEY_TYPE.group,
  consumerMember: CONSUMER_KEY_TYPE.member,
  consumerTargetEpoch: CONSUMER_KEY_TYPE.targetMetadata,
  consumerTarget: CONSUMER_KEY_TYPE.targetMember,
  consumerCurrent: CONSUMER_KEY_TYPE.currentMember,
  consumerRegex: CONSUMER_KEY_TYPE.regex,
};

const VALUE_VERSION = 0;

export function encodeConsumerKey(record: ConsumerRecord): Buffer {
  const writer = new Writer();
  const { groupId } = record;
  writer.int16(KEY_TYPE[record.kind]);
  if (record.kind === 'consumerRegex') {
    consumerGroupRegexKey.write(writer, 0, { groupId, regularExpression: record.regex });
  } else if ('memberId' in record) consumerGroupMemberKey.write(writer, 0, { groupId, memberId: record.memberId });
  else consumerGroupKey.write(writer, 0, { groupId });
  return writer.toBuffer();
}

export function encodeConsumerValue(record: ConsumerRecord): Buffer | null {
  if (record.value === null) return null;
  const writer = new Writer();
  writer.int16(VALUE_VERSION);
  switch (record.kind) {
    case 'consumerGroup':
      consumerGroupMetadataValue.write(writer, VALUE_VERSION, record.value);
      break;
    case 'consumerMember':
      consumerGroupMemberMetadataValue.write(writer, VALUE_VERSION, subscriptionFields(record.value));
      break;
    case 'consumerTargetEpoch':
      consumerGroupTargetAssignmentMetadataValue.write(writer, VALUE_VERSION, { assignmentEpoch: record.value });
      break;
    case 'consumerTarget':
      consumerGroupTargetAssignmentMemberValue.write(writer, VALUE_VERSION, {
        topicPartitions: toTopicPartitions(record.value),
      });
      break;
    case 'consumerCurrent':
      consumerGroupCurrentMemberAssignmentValue.write(writer, VALUE_VERSION, {
        memberEpoch: record.value.epoch,
        previousMemberEpoch: record.value.previousEpoch,
        state: record.value.state,
        assignedPartitions: toTopicPartitions(record.value.assigned),
        partitionsPendingRevocation: toTopicPartitions(record.value.pendingRevocation),
      });
      break;
    case 'consumerRegex':
      consumerGroupRegularExpressionValue.write(writer, VALUE_VERSION, {
        topics: record.value.topics,
        version: record.value.version,
        timestamp: record.value.timestampMs,
      });
  }
  return writer.toBuffer();
}

function subscriptionFields(value: Subscription) {
  const { classic } = value;
  return {
    instanceId: value.instanceId,
    rackId: value.rackId,
    clientId: value.clientId,
    clientHost: value.clientHost,
    subscribedTopicNames: value.topics,
    subscribedTopicRegex: value.regex,
    rebalanceTimeoutMs: value.rebalanceTimeoutMs,
    serverAssignor: value.serverAssignor,
    classicMemberMetadata:
      classic === null ? null : { sessionTimeoutMs: classic.sessionTimeoutMs, supportedProtocols: classic.protocols },
  };
}

/** null when the key's type is none of a consumer group, or one that is kept no more. `key` stands after its type. */
export function decodeConsumerRecord(type: number, key: Reader, bytes: Buffer | null): ConsumerRecord | null {
  const value = bytes === null ? null : valueReader(bytes);
  switch (type) {
    case CONSUMER_KEY_TYPE.group: {
      const { groupId } = consumerGroupKey.read(key, 0);
      return { kind: 'consumerGroup', groupId, value: value && consumerGroupMetadataValue.read(value, VALUE_VERSION) };
    }
    case CONSUMER_KEY_TYPE.targetMetadata: {
      const { groupId } = consumerGroupKey.read(key, 0);
      const epoch = value && consumerGroupTargetAssignmentMetadataValue.read(value, VALUE_VERSION).assignmentEpoch;
      return { kind: 'consumerTargetEpoch', groupId, value: epoch };
    }
    case CONSUMER_KEY_TYPE.member: {
      const { groupId, memberId } = consumerGroupMemberKey.read(key, 0);
      return { kind: 'consumerMember', groupId, memberId, value: value && readSubscription(value) };
    }
    case CONSUMER_KEY_TYPE.targetMember: {
      const { groupId, memberId } = consumerGroupMemberKey.read(key, 0);
      return { kind: 'consumerTarget', groupId, memberId, value: value && readTarget(value) };
    }
    case CONSUMER_KEY_TYPE.currentMember: {
      const { groupId, memberId } = consumerGroupMemberKey.read(key, 0);
      return { kind: 'consumerCurrent', groupId, memberId, value: value && readPossession(value) };
    }
    case CONSUMER_KEY_TYPE.regex: {
      const { groupId, regularExpression } = consumerGroupRegexKey.read(key, 0);
      return { kind: 'consumerRegex', groupId, regex: regularExpression, value: value && readRegex(value) };
    }
    default:
      return null;
  }
}

function valueReader(bytes: Buffer): Reader {
  const reader = new Reader(bytes);
  const version = reader.int16();
  if (version !== VALUE_VERSION) throw new DecodeError(`record value of unknown version ${version}`);
  return reader;
}

function readSubscription(reader: Reader): Subscription {
  const value = consumerGroupMemberMetadataValue.read(reader, VALUE_VERSION);
  const classic = value.classicMemberMetadata;
  return {
    instanceId: value.instanceId,
    rackId: value.rackId,
    clientId: value.clientId,
    clientHost: value.clientHost,
    topics: value.subscribedTopicNames,
    regex: value.subscribedTopicRegex,
    rebalanceTimeoutMs: value.rebalanceTimeoutMs,
    serverAssignor: value.serverAssignor,
    classic: classic && {
      sessionTimeoutMs: classic.sessionTimeoutMs,
      // The reader gives slices of the batch; a group lives longer than that.
      protocols: classic.supportedProtocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    },
  };
}

function readTarget(reader: Reader): Assignment {
  return toAssignment(consumerGroupTargetAssignmentMemberValue.read(reader, VALUE_VERSION).topicPartitions);
}

function readPossession(reader: Reader): Possession {
  const value = consumerGroupCurrentMemberAssignmentValue.read(reader, VALUE_VERSION);
  return {
    epoch: value.memberEpoch,
    previousEpoch: value.previousMemberEpoch,
    state: value.state,
    assigned: toAssignment(value.assignedPartitions),
    pendingRevocation: toAssignment(value.partitionsPendingRevocation),
  };
}

function readRegex(reader: Reader): ResolvedRegex {
  const { topics, version, timestamp } = consumerGroupRegularExpressionValue.read(reader, VALUE_VERSION);
  return { topics, version, timestampMs: timestamp };
}
