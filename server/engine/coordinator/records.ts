// Records of __consumer_offsets: what they mean to the coordinator, and their bytes in Kafka's format. Keys are an int16 type and
// plain fields; values an int16 version and its fields; no value is a tombstone.
import { DecodeError } from '../../kernel/decode-error.ts';
import { Reader } from '../../protocol/reader.ts';
import type { NewRecord } from '../../protocol/records/record.ts';
import {
  groupMetadataKey,
  groupMetadataValue,
  offsetCommitKey,
  offsetCommitValue,
} from '../../protocol/schema/group-records.ts';
import { Writer } from '../../protocol/writer.ts';
import type { GroupMetadata } from './group/classic/persist.ts';
import type { ConsumerRecord } from './group/consumer/records.ts';
import { decodeConsumerRecord, encodeConsumerKey, encodeConsumerValue } from './group/consumer/records.ts';
import type { CommittedOffset } from './offsets/committed-offset.ts';

export interface OffsetRecord {
  readonly kind: 'offset';
  readonly groupId: string;
  readonly topic: string;
  readonly partition: number;
  readonly committed: CommittedOffset | null;
}
export interface GroupRecord {
  readonly kind: 'group';
  readonly groupId: string;
  readonly metadata: GroupMetadata | null;
}
export type CoordinatorRecord = OffsetRecord | GroupRecord | ConsumerRecord;

const OLD_OFFSET_KEY = 0;
const OFFSET_KEY = 1;
const GROUP_KEY = 2;
/** Version 1 alone carries an expiry of its own; 4 the topic's id. */
const OFFSET_VALUE_WITH_EXPIRY = 1;
const OFFSET_VALUE = 4;
const GROUP_VALUE = 3;

export function encodeRecord(record: CoordinatorRecord, timestampMs: number): NewRecord {
  switch (record.kind) {
    case 'offset':
      return { timestampMs, key: offsetKey(record), value: offsetValue(record.committed) };
    case 'group':
      return { timestampMs, key: groupKey(record), value: groupValue(record.metadata) };
    default:
      return { timestampMs, key: encodeConsumerKey(record), value: encodeConsumerValue(record) };
  }
}

function offsetKey({ groupId, topic, partition }: OffsetRecord): Buffer {
  const writer = new Writer();
  writer.int16(OFFSET_KEY);
  offsetCommitKey.write(writer, 0, { group: groupId, topic, partition });
  return writer.toBuffer();
}
function offsetValue(committed: CommittedOffset | null): Buffer | null {
  if (committed === null) return null;
  const version = committed.expireTimestampMs >= 0 ? OFFSET_VALUE_WITH_EXPIRY : OFFSET_VALUE;
  const writer = new Writer();
  writer.int16(version);
  offsetCommitValue.write(writer, version, {
    offset: committed.offset,
    leaderEpoch: committed.leaderEpoch,
    metadata: committed.metadata,
    commitTimestamp: committed.commitTimestampMs,
    expireTimestamp: committed.expireTimestampMs,
    topicId: committed.topicId,
  });
  return writer.toBuffer();
}
function groupKey({ groupId }: GroupRecord): Buffer {
  const writer = new Writer();
  writer.int16(GROUP_KEY);
  groupMetadataKey.write(writer, 0, { group: groupId });
  return writer.toBuffer();
}
function groupValue(metadata: GroupMetadata | null): Buffer | null {
  if (metadata === null) return null;
  const writer = new Writer();
  writer.int16(GROUP_VALUE);
  groupMetadataValue.write(writer, GROUP_VALUE, metadata);
  return writer.toBuffer();
}

/** null for keys of groups this broker does not know (share and streams groups). Throws DecodeError for broken bytes. */
export function decodeRecord(key: Buffer | null, value: Buffer | null): CoordinatorRecord | null {
  if (key === null) throw new DecodeError('a record without a key in a compacted topic');
  const reader = new Reader(key);
  const type = reader.int16();
  if (type === OLD_OFFSET_KEY || type === OFFSET_KEY) {
    const { group, topic, partition } = offsetCommitKey.read(reader, 0);
    return { kind: 'offset', groupId: group, topic, partition, committed: value === null ? null : readOffset(value) };
  }
  if (type === GROUP_KEY) {
    const { group } = groupMetadataKey.read(reader, 0);
    return { kind: 'group', groupId: group, metadata: value === null ? null : readGroup(value) };
  }
  return decodeConsumerRecord(type, reader, value);
}

function readOffset(bytes: Buffer): CommittedOffset {
  const reader = new Reader(bytes);
  const value = offsetCommitValue.read(reader, valueVersion(reader, offsetCommitValue.versions.max));
  return {
    offset: value.offset,
    leaderEpoch: value.leaderEpoch,
    metadata: value.metadata,
    commitTimestampMs: value.commitTimestamp,
    expireTimestampMs: value.expireTimestamp,
    topicId: value.topicId,
  };
}
function readGroup(bytes: Buffer): GroupMetadata {
  const reader = new Reader(bytes);
  const metadata = groupMetadataValue.read(reader, valueVersion(reader, groupMetadataValue.versions.max));
  // The reader gives slices of the batch; a group lives longer than that.
  const members = metadata.members.map((member) => ({
    ...member,
    subscription: Buffer.from(member.subscription),
    assignment: Buffer.from(member.assignment),
  }));
  return { ...metadata, members };
}
function valueVersion(reader: Reader, newest: number): number {
  const version = reader.int16();
  if (version < 0 || version > newest) throw new DecodeError(`record value of unknown version ${version}`);
  return version;
}
