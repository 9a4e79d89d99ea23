// Reads whole partitions from their leaders as a plain consumer does: for the checks at the end of a run.
import { ErrorCode } from '../../protocol/errors.ts';
import { readBatchHeader } from '../../protocol/records/batch.ts';
import { decodeRecords } from '../../protocol/records/record.ts';
import { fetch } from '../../protocol/schema/01-fetch.ts';
import { listOffsets } from '../../protocol/schema/02-list-offsets.ts';
import type { ReadRecord } from '../checkers/clients/acknowledged.ts';
import type { Place } from '../place.ts';
import type { Client, KnownPartition } from './client.ts';

const FETCH_VERSION = 12;
const LIST_OFFSETS_VERSION = 7;
const EARLIEST = -2;
const TIMEOUT_MS = 3000;
const MAX_BYTES = 262_144;
const NO_LEADER: KnownPartition = { leader: -1, leaderEpoch: -1 };
const MAX_TRIES = 100;

export interface WholePartition {
  readonly startOffset: number;
  readonly highWatermark: number;
  readonly records: readonly ReadRecord[];
}

/** Records of fetched bytes from `fromOffset` on. */
export function recordsIn(client: Client, bytes: Buffer | null, fromOffset: number): ReadRecord[] {
  const records: ReadRecord[] = [];
  if (bytes === null) return records;
  for (let at = 0; at < bytes.length; ) {
    const header = readBatchHeader(bytes, at);
    for (const { offset, value } of decodeRecords(bytes, at, header, client.world.compression, MAX_BYTES)) {
      if (offset >= fromOffset) records.push({ offset, value: String(value) });
    }
    at += header.sizeBytes;
  }
  return records;
}

export interface FetchFrom {
  readonly offset: number;
  readonly maxWaitMs: number;
  readonly maxBytes?: number;
  /** 1: read_committed. */
  readonly isolationLevel?: number;
}
/** One question to whom the client takes for the leader; who that is it asks anew when there is no good answer. */
export async function fetchFromLeader(client: Client, { topic, partition }: Place, from: FetchFrom) {
  const { offset: fetchOffset, maxWaitMs, maxBytes = 65_536, isolationLevel = 0 } = from;
  const known = client.leaderOf(topic, partition) ?? NO_LEADER;
  const { leader, leaderEpoch: currentLeaderEpoch } = known;
  const partitions = [{ partition, currentLeaderEpoch, fetchOffset, partitionMaxBytes: maxBytes }];
  const request = { maxWaitMs, minBytes: 1, maxBytes, isolationLevel, topics: [{ topic, partitions }] };
  const answer = leader === -1 ? null : await client.ask(leader, fetch, FETCH_VERSION, request, TIMEOUT_MS);
  const one = answer?.responses[0]?.partitions[0];
  if (one?.errorCode !== ErrorCode.NONE) await client.refresh([topic]);
  return { known, one };
}

/** From the start of the log to its high watermark; null when no leader gives it. */
export async function readWhole(client: Client, topic: string, partition: number): Promise<WholePartition | null> {
  const records: ReadRecord[] = [];
  let startOffset = 0;
  let nextOffset = 0;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const from = { offset: nextOffset, maxWaitMs: 0, maxBytes: MAX_BYTES };
    const { known, one } = await fetchFromLeader(client, { topic, partition }, from);
    if (one?.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) {
      // Retention was here, perhaps while this read.
      records.length = 0;
      const earliest = { name: topic, partitions: [{ partitionIndex: partition, timestamp: EARLIEST }] };
      const request = { topics: [earliest] };
      const listed = await client.ask(known.leader, listOffsets, LIST_OFFSETS_VERSION, request, TIMEOUT_MS);
      startOffset = Math.max(0, listed?.topics[0]?.partitions[0]?.offset ?? 0);
      nextOffset = startOffset;
      continue;
    }
    if (one?.errorCode !== ErrorCode.NONE) {
      await client.sleep(50);
      continue;
    }
    if (one.highWatermark <= nextOffset) return { startOffset, highWatermark: one.highWatermark, records };
    const more = recordsIn(client, one.records, nextOffset);
    records.push(...more);
    nextOffset = (more.at(-1)?.offset ?? nextOffset - 1) + 1;
    if (more.length > 0) tries = 0;
  }
  return null;
}
