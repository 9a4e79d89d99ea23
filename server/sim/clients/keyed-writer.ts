// Writes values and tombstones for a few keys of its own to a compacted topic, each batch packed by another codec, and tells what was
// tried and what was acknowledged. Idempotent: it repeats a batch until it is answered for good.
import { ErrorCode } from '../../protocol/errors.ts';
import { BATCH_HEADER_BYTES, isControl, readBatchHeader } from '../../protocol/records/batch.ts';
import { decodeRecords, encodeBatch } from '../../protocol/records/record.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { initProducerId } from '../../protocol/schema/22-init-producer-id.ts';
import type { KeyedRecord, Newest } from '../checkers/clients/newest.ts';
import type { MarkName } from '../marks.ts';
import { keyOf } from '../place.ts';
import { SIM_COMPRESSION } from '../world/world.ts';
import type { ClientOptions } from './client.ts';
import { ClientLoop } from './client-loop.ts';
import { WAIT } from './transactional-producer.ts';

export interface KeyedWriterOptions extends ClientOptions {
  readonly topic: { readonly name: string; readonly partitions: number };
  readonly pauseMs: number;
  readonly newest: Newest;
  mark(name: MarkName): void;
}
interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
  nextSequence: number;
}
type NewRecord = Omit<KeyedRecord, 'offset'>;

const KEYS = 5;
const CODECS = [0, 0, 1, 2, 3, 4];
const TOMBSTONE_SHARE = 0.2;
const MAX_RECORDS = 4;
const MAX_TRIES = 200;
const MAX_BYTES = 65_536;
const VERSION = 11;
const TIMEOUT_MS = 6000;
const NUMBER = 'number';

export class KeyedWriter extends ClientLoop<KeyedWriterOptions> {
  #count = 0;

  protected async work(): Promise<void> {
    const partitions = Array.from({ length: this.o.topic.partitions }, (_, partition) => this.#writeTo(partition));
    await Promise.all(partitions);
  }
  async #writeTo(partition: number): Promise<void> {
    const { client } = this;
    const { newest, topic, pauseMs } = this.o;
    const place = keyOf({ topic: topic.name, partition });
    let identity: Identity | null = null;
    while (!client.isStopping) {
      await client.sleep(client.prng.exponential(pauseMs));
      if (client.isStopping) return;
      identity ??= await this.#newIdentity();
      if (identity === null) continue;
      const records = Array.from({ length: client.prng.between(1, MAX_RECORDS) }, () => ({
        key: `${client.name}k${client.prng.below(KEYS)}`,
        number: this.#count++,
        isTombstone: client.prng.chance(TOMBSTONE_SHARE),
      }));
      for (const record of records) newest.tried(place, record);
      if (await this.#deliver(partition, records, identity)) {
        for (const record of records) newest.acknowledged(place, record);
        identity.nextSequence += records.length;
      } else identity = null;
    }
  }
  async #deliver(partition: number, records: readonly NewRecord[], identity: Identity): Promise<boolean> {
    const { client } = this;
    const codec = client.prng.pick(CODECS);
    if (codec !== 0) this.o.mark('batch-compressed');
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const errorCode = await this.#send(partition, records, { ...identity, codec });
      if (errorCode === ErrorCode.NONE) return true;
      if (errorCode !== null && !WAIT.has(errorCode)) return false;
      await client.sleep(client.prng.between(20, 200));
      await client.refresh([this.o.topic.name]);
    }
    return false;
  }
  async #send(partition: number, records: readonly NewRecord[], o: Identity & { codec: number }) {
    const { client } = this;
    const { name } = this.o.topic;
    const leader = client.leaderOf(name, partition)?.leader ?? -1;
    if (leader === -1) return null;
    const timestampMs = client.world.clock.nowMs();
    const batch = {
      records: records.map(({ key, number, isTombstone }) => ({
        timestampMs,
        key: Buffer.from(key),
        value: isTombstone ? null : Buffer.from(`${key}=${number}`),
        headers: [{ key: NUMBER, value: Buffer.from(String(number)) }],
      })),
      producerId: o.producerId,
      producerEpoch: o.producerEpoch,
      baseSequence: o.nextSequence,
      codec: o.codec,
    };
    const bytes = encodeBatch(batch, client.world.compression);
    const topicData = [{ name, partitionData: [{ index: partition, records: bytes }] }];
    const answer = await client.ask(leader, produce, VERSION, { acks: -1, timeoutMs: 3000, topicData }, TIMEOUT_MS);
    return answer?.responses[0]?.partitionResponses[0]?.errorCode ?? null;
  }
  async #newIdentity(): Promise<Identity | null> {
    const { client } = this;
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 };
    const answer = await client.ask(client.anyBroker(), initProducerId, 4, request, TIMEOUT_MS);
    if (answer?.errorCode !== ErrorCode.NONE) return null;
    return { producerId: answer.producerId, producerEpoch: answer.producerEpoch, nextSequence: 0 };
  }
}

/** What keyed writers wrote, out of whole batches from `fromOffset` on, and where it goes on. */
export function keyedRecordsIn(bytes: Buffer, fromOffset: number): { records: KeyedRecord[]; nextOffset: number } {
  const records: KeyedRecord[] = [];
  let nextOffset = fromOffset;
  for (let at = 0; at + BATCH_HEADER_BYTES <= bytes.length; ) {
    const header = readBatchHeader(bytes, at);
    if (!isControl(header.attributes)) {
      for (const record of decodeRecords(bytes, at, header, SIM_COMPRESSION, MAX_BYTES)) {
        const number = Number(record.headers.find(({ key }) => key === NUMBER)?.value);
        const { offset, key, value } = record;
        if (offset >= fromOffset) records.push({ offset, key: String(key), number, isTombstone: value === null });
      }
    }
    nextOffset = header.baseOffset + header.lastOffsetDelta + 1;
    at += header.sizeBytes;
  }
  return { records, nextOffset };
}
