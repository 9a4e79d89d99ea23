// A read_committed consumer of a topic, without a group: reads every partition from its start, leaves out what was aborted as the
// answers tell it to, and hands over what it was given.
import { ErrorCode } from '../../protocol/errors.ts';
import { isControl, isTransactional, lastOffsetOf, readBatchHeader } from '../../protocol/records/batch.ts';
import { markerOf } from '../../protocol/records/marker.ts';
import { decodeRecords } from '../../protocol/records/record.ts';
import type { ReadValue, Transactions } from '../checkers/clients/transactions.ts';
import type { Client, ClientOptions } from './client.ts';
import { ClientLoop } from './client-loop.ts';
import { fetchFromLeader } from './reader.ts';

export interface CommittedReaderOptions extends ClientOptions {
  readonly topic: { readonly name: string; readonly partitions: number };
  readonly transactions: Transactions;
}
interface Page {
  readonly records: ReadValue[];
  readonly nextOffset: number;
  readonly lastStableOffset: number;
  readonly highWatermark: number;
}
const MAX_BYTES = 65_536;
const READ_COMMITTED = 1;
const MAX_TRIES = 200;

export class CommittedReader extends ClientLoop<CommittedReaderOptions> {
  protected async work(): Promise<void> {
    const { client } = this;
    const { topic, transactions } = this.o;
    const positions = Array.from({ length: topic.partitions }, () => 0);
    while (!client.isStopping) {
      for (const [partition, position] of positions.entries()) {
        const page = await readPage(client, topic.name, partition, position);
        if (page === null) continue;
        transactions.read(client.name, `${topic.name}-${partition}`, page);
        positions[partition] = page.nextOffset;
      }
      await client.sleep(client.prng.between(50, 400));
    }
  }
}

/** The partition to its high watermark, once everything is stable; null when it does not become so. */
export async function readAllCommitted(client: Client, topic: string, partition: number): Promise<ReadValue[] | null> {
  const records: ReadValue[] = [];
  let position = 0;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const page = await readPage(client, topic, partition, position);
    if (page !== null && page.nextOffset > position) tries = 0;
    if (page !== null) {
      records.push(...page.records);
      position = page.nextOffset;
      if (position >= page.highWatermark) return records;
    }
    await client.sleep(50);
  }
  return null;
}

async function readPage(client: Client, topic: string, partition: number, position: number): Promise<Page | null> {
  const from = { offset: position, maxWaitMs: 20, isolationLevel: READ_COMMITTED };
  const { one } = await fetchFromLeader(client, { topic, partition }, from);
  if (one?.errorCode !== ErrorCode.NONE) return null;
  const { highWatermark, lastStableOffset } = one;
  const aborted = [...(one.abortedTransactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset);
  const { records, nextOffset } = withoutAborted(client, one.records ?? Buffer.alloc(0), position, aborted);
  return { records, nextOffset, highWatermark, lastStableOffset };
}

/** As a consumer does it: a producer's records are left out from where its aborted transaction begins to its marker. */
function withoutAborted(
  client: Client,
  bytes: Buffer,
  position: number,
  aborted: readonly { readonly producerId: number; readonly firstOffset: number }[],
): { records: ReadValue[]; nextOffset: number } {
  const records: ReadValue[] = [];
  const aborting = new Set<number>();
  let next = 0;
  let nextOffset = position;
  for (let at = 0; at < bytes.length; ) {
    const header = readBatchHeader(bytes, at);
    const { producerId, attributes } = header;
    for (let one = aborted[next]; one !== undefined && one.firstOffset <= lastOffsetOf(header); one = aborted[next]) {
      aborting.add(one.producerId);
      next++;
    }
    if (isControl(attributes)) {
      if (markerOf(bytes, at, header)?.isCommit === false) aborting.delete(producerId);
    } else if (!isTransactional(attributes) || !aborting.has(producerId)) {
      for (const { offset, value } of decodeRecords(bytes, at, header, client.world.compression, MAX_BYTES)) {
        if (offset >= position) records.push({ offset, value: String(value) });
      }
    }
    nextOffset = lastOffsetOf(header) + 1;
    at += header.sizeBytes;
  }
  return { records, nextOffset };
}
