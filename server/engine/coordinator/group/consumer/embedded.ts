// The consumer protocol that clients embed in the classic one: topics and partitions inside JoinGroup metadata and SyncGroup
// assignments. Read when classic members take part in a consumer group, and when a group changes its protocol.
import { DecodeError } from '../../../../kernel/decode-error.ts';
import { consumerProtocolAssignment, consumerProtocolSubscription } from '../../../../protocol/consumer-protocol.ts';
import { ZERO_UUID } from '../../../../protocol/grammar.ts';
import { Reader } from '../../../../protocol/reader.ts';
import { Writer } from '../../../../protocol/writer.ts';
import type { Assignment } from './partitions.ts';
import { NO_PARTITIONS, toAssignment, toTopicPartitions } from './partitions.ts';
import type { Topics } from './turn.ts';

export interface EmbeddedSubscription {
  readonly version: number;
  /** Sorted. */
  readonly topics: readonly string[];
  readonly owned: Assignment;
  readonly rackId: string | null;
}

/** null for bytes that are no subscription: they come from clients. */
export function readSubscription(metadata: Buffer, topics: Topics): EmbeddedSubscription | null {
  return orNull(() => {
    const reader = new Reader(metadata);
    const version = reader.int16();
    if (version < 0) return null;
    const known = Math.min(version, consumerProtocolSubscription.versions.max);
    const value = consumerProtocolSubscription.read(reader, known);
    const owned = value.ownedPartitions.map(({ topic, partitions }) => ({ topicId: topics.idOf(topic), partitions }));
    return {
      version: known,
      topics: [...new Set(value.topics)].sort(),
      owned: toAssignment(owned.filter(({ topicId }) => topicId !== ZERO_UUID)),
      rackId: value.rackId,
    };
  });
}

export interface EmbeddedAssignment {
  readonly assigned: Assignment;
  /** What an assignor of the clients' own added for itself: only it can give it again. */
  readonly hasUserData: boolean;
}

/** Nothing for no bytes; null for bytes that are no assignment. */
export function readAssignment(bytes: Buffer, topics: Topics): EmbeddedAssignment | null {
  if (bytes.length === 0) return { assigned: NO_PARTITIONS, hasUserData: false };
  return orNull(() => {
    const reader = new Reader(bytes);
    const version = reader.int16();
    if (version < 0) return null;
    const known = Math.min(version, consumerProtocolAssignment.versions.max);
    const { assignedPartitions, userData } = consumerProtocolAssignment.read(reader, known);
    const named = assignedPartitions.map(({ topic, partitions }) => ({ topicId: topics.idOf(topic), partitions }));
    const assigned = toAssignment(named.filter(({ topicId }) => topicId !== ZERO_UUID));
    return { assigned, hasUserData: (userData?.length ?? 0) > 0 };
  });
}

/** In the version the member's own metadata has. Topics that are no more are left out. */
export function writeAssignment(assignment: Assignment, metadata: Buffer, topics: Topics): Buffer {
  const own = metadata.length < 2 ? 0 : metadata.readInt16BE(0);
  const version = Math.max(0, Math.min(own, consumerProtocolAssignment.versions.max));
  const assignedPartitions: { topic: string; partitions: readonly number[] }[] = [];
  for (const { topicId, partitions } of toTopicPartitions(assignment)) {
    const topic = topics.nameOf(topicId);
    if (topic !== null) assignedPartitions.push({ topic, partitions });
  }
  const writer = new Writer();
  writer.int16(version);
  consumerProtocolAssignment.write(writer, version, { assignedPartitions, userData: null });
  return writer.toBuffer();
}

function orNull<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
