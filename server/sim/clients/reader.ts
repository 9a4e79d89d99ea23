// Reads whole partitions from their leaders as a plain consumer does: for the checks at the end of a run.
import { ErrorCode } from '../../protocol/errors.ts';
import { readBatchHeader } from '../../protocol/records/batch.ts';
import { decodeRecords } from '../../protocol/records/record.ts';
import { fetch } from '../../protocol/schema/01-fetch.ts';
import { listOffsets } from '../../protocol/schema/02-list-offsets.ts';
import type { ReadRecord } from '../checkers/acknowledged.ts';
import type { Client } from './client.ts';

export const FETCH_VERSION = 12;
const LIST_OFFSETS_VERSION = 7;
const EARLIEST = -2;
const MAX_BYTES = 262_144;
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

/** From the start of the log to its high watermark; null when no leader gives it. */
export async function readWhole(client: Client, topic: string, partition: number): Promise<WholePartition | null> {
  const records: ReadRecord[] = [];
  let startOffset = 0;
  let nextOffset = 0;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const leader = client.leaderOf(topic, partition)?.leader ?? -1;
    const partitions = [{ partition, fetchOffset: nextOffset, partitionMaxBytes: MAX_BYTES }];
    const request = { maxWaitMs: 0, minBytes: 0, maxBytes: MAX_BYTES, topics: [{ topic, partitions }] };
    const answer = leader === -1 ? null : await client.ask(leader, fetch, FETCH_VERSION, request, 3000);
    const one = answer?.responses[0]?.partitions[0];
    if (one?.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE && nextOffset === 0) {
      const earliest = { name: topic, partitions: [{ partitionIndex: partition, timestamp: EARLIEST }] };
      const listed = await client.ask(leader, listOffsets, LIST_OFFSETS_VERSION, { topics: [earliest] }, 3000);
      startOffset = Math.max(0, listed?.topics[0]?.partitions[0]?.offset ?? 0);
      nextOffset = startOffset;
      continue;
    }
    if (one === undefined || one.errorCode !== ErrorCode.NONE) {
      await client.refresh([topic]);
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
