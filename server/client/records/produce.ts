// Writes records to one partition with acks=all: the client library encodes them, the leader confirms them. Called through
// KafkaClient.produce. Batches that are bytes already go by produce-raw.ts.
import { PRODUCE } from '../apis.ts';
import type { Asking } from '../asking/asking.ts';
import { leaderOf } from '../asking/leader.ts';
import { ClusterError, kafkaError } from '../errors.ts';
import { toNumber } from '../int64.ts';

const PRODUCE_TIMEOUT_MS = 15_000;
const ACKS_ALL = -1;
const MAX_ATTEMPTS = 4;
/** Refusals before the append; a time-out may have been written. */
const REPEATED: ReadonlySet<string> = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

export interface OutgoingRecord {
  readonly key: Buffer | null;
  /** null: a tombstone. */
  readonly value: Buffer | null;
  readonly headers: ReadonlyMap<Buffer, Buffer>;
}

export interface Writing {
  readonly topic: string;
  readonly partition: number;
  /** One batch: below the topic's max.message.bytes. */
  readonly records: readonly OutgoingRecord[];
  /** Begins the sentence when it fails. */
  readonly what: string;
}

/** @returns the offset of the first record. @throws ClusterError; what is refused before the append is tried again */
export async function produceBatch(
  { metadata, connections }: Pick<Asking, 'metadata' | 'connections'>,
  { topic, partition, records, what }: Writing,
): Promise<number> {
  const batch = records.map(({ key, value, headers }) => ({
    topic,
    partition,
    ...(key === null ? {} : { key }),
    value: tombstoneOr(value),
    headers: new Map(headers),
  }));
  for (let attempt = 1; ; attempt += 1) {
    const leader = await leaderOf(metadata, { topic, partition, what });
    const answer = await connections.request(leader, 'data', PRODUCE, ACKS_ALL, PRODUCE_TIMEOUT_MS, batch, {
      producerId: -1n,
      producerEpoch: -1,
      compression: 'none',
    });
    if (typeof answer === 'boolean') return -1;
    const result = answer.responses[0]?.partitionResponses[0];
    if (result === undefined) throw new ClusterError('INVALID_ANSWER', `${what}: the broker gave no answer for it.`);
    if (result.errorCode === 0) return toNumber(result.baseOffset);
    const error = kafkaError(result.errorCode, what, result.errorMessage ?? null);
    if (attempt >= MAX_ATTEMPTS || !REPEATED.has(error.kind)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
    await metadata.refresh();
  }
}

/** The library's type has no null value, but its encoder writes one as a tombstone. */
function tombstoneOr(value: Buffer | null): Buffer {
  return value as Buffer;
}
