// One test producer: makes records at a rate, partitions them by key as Kafka would, and sends them with the acks chosen.
// Bounded: at most a few requests in flight per leader; when the cluster is slower, it falls behind. Owned by traffic.ts.
import type { Lane } from '../../client/connections.ts';
import { kafkaError, reasonOf } from '../../client/errors.ts';
import { partitionOfKey } from '../../client/records/murmur2.ts';
import { PRODUCE_RAW } from '../../client/records/produce-raw.ts';
import type { CallArgs, TrafficProducer } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { type TrafficRecord, trafficBatch } from './batch.ts';
import { Pacing } from './pacing.ts';

const TICK_MS = 25;
const MAX_IN_FLIGHT = 4;
const MAX_UNSENT_BYTES = 4_194_304;
/** A batch stays below Kafka's default max.message.bytes of 1,048,588. */
const BATCH_BYTES = 500_000;
/** Bytes made in one tick at most, so that a tick never holds up the main thread for long. */
const TICK_BYTES = 4_194_304;
const PRODUCE_TIMEOUT_MS = 10_000;
const METADATA_PAUSE_MS = 1_000;

export type ProducerSettings = CallArgs<'traffic.startProducer'>;

export class TestProducer {
  readonly #context: GatewayContext;
  readonly #settings: ProducerSettings;
  readonly #id: string;
  readonly #lane: Lane;
  readonly #startedAtMs = Date.now();
  readonly #pacing: Pacing;
  readonly #keys: readonly Buffer[];
  readonly #inFlight = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  #number = 0;
  #sticky = 0;
  #sent = 0;
  #failed = 0;
  #lastError: string | null = null;
  #refreshedAtMs = 0;
  #isClosed = false;

  constructor(context: GatewayContext, id: string, lane: Lane, settings: ProducerSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#id = id;
    this.#lane = lane;
    this.#pacing = new Pacing(settings.recordsPerSecond, this.#startedAtMs);
    this.#keys = Array.from({ length: settings.keys }, (_, index) => Buffer.from(`key-${index}`));
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  get recordsPerSecond(): number {
    return this.#settings.recordsPerSecond;
  }

  get stopsAtMs(): number {
    return this.#startedAtMs + this.#settings.durationSeconds * 1_000;
  }

  row(): TrafficProducer {
    const { topic, recordsPerSecond, recordBytes, keys, acks } = this.#settings;
    return {
      id: this.#id,
      topic,
      recordsPerSecond,
      recordBytes,
      keys,
      acks,
      startedAtMs: this.#startedAtMs,
      stopsAtMs: this.stopsAtMs,
      sent: this.#sent,
      failed: this.#failed,
      lastError: this.#lastError,
    };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#context.connections.dropLane(this.#lane);
    return Promise.resolve();
  }

  #tick(): void {
    if (this.#isClosed) return;
    const now = Date.now();
    const topic = this.#context.metadata.topics.get(this.#settings.topic);
    if (topic === undefined || topic.partitions.length === 0) {
      this.#lastError = `There is no topic "${this.#settings.topic}".`;
      this.#lookAgain();
      return;
    }
    const { recordBytes } = this.#settings;
    const due = Math.min(this.#pacing.due(now), Math.max(1, Math.floor(TICK_BYTES / (recordBytes + 32))));
    if (due < 1) return;
    const leaders = topic.partitions.map(({ leader }) => leader);
    if (leaders.some((leader) => leader !== null && (this.#inFlight.get(leader) ?? 0) >= MAX_IN_FLIGHT)) return;
    this.#pacing.take(due);
    const byLeader = new Map<number, { partition: number; bytes: Buffer; count: number }[]>();
    for (const [partition, records] of this.#distribute(due, leaders.length)) {
      const leader = leaders[partition] ?? null;
      if (leader === null) {
        this.#fail(records.length, `Partition ${partition} has no leader.`);
        continue;
      }
      const perBatch = Math.max(1, Math.floor(BATCH_BYTES / (recordBytes + 32)));
      for (let at = 0; at < records.length; at += perBatch) {
        const slice = records.slice(at, at + perBatch);
        const batch = { partition, bytes: trafficBatch(slice, recordBytes, now), count: slice.length };
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
      }
    }
    for (const [leader, batches] of byLeader) {
      for (const request of requestsOf(batches)) {
        this.#send(leader, request).catch((error: unknown) => this.#fail(0, reasonOf(error)));
      }
    }
  }

  /** Records by partition: keys in turn, or without keys all of one tick to one partition, as Kafka's sticky producer does. */
  #distribute(count: number, partitionCount: number): Map<number, TrafficRecord[]> {
    const byPartition = new Map<number, TrafficRecord[]>();
    this.#sticky = (this.#sticky + 1) % partitionCount;
    for (let index = 0; index < count; index += 1) {
      const key = this.#keys[this.#number % Math.max(1, this.#keys.length)] ?? null;
      const partition = key === null ? this.#sticky : partitionOfKey(key, partitionCount);
      const record = { key, number: this.#number };
      this.#number += 1;
      const records = byPartition.get(partition);
      if (records === undefined) byPartition.set(partition, [record]);
      else records.push(record);
    }
    return byPartition;
  }

  async #send(leader: number, batches: readonly { partition: number; bytes: Buffer; count: number }[]): Promise<void> {
    const endpoint = this.#context.metadata.endpointOf(leader);
    const counts = new Map(batches.map(({ partition, count }) => [partition, count]));
    const total = batches.reduce((sum, { count }) => sum + count, 0);
    if (endpoint === null) return this.#fail(total, `Broker ${leader} has no known address.`);
    this.#inFlight.set(leader, (this.#inFlight.get(leader) ?? 0) + 1);
    try {
      const { topic, acks } = this.#settings;
      const { connections } = this.#context;
      const request = { topic, acks, timeoutMs: PRODUCE_TIMEOUT_MS, batches };
      const outcomes = await connections.request(endpoint, this.#lane, PRODUCE_RAW, request);
      if (!Array.isArray(outcomes)) {
        this.#sent += total;
        while (!this.#isClosed && (await connections.unsentBytes(endpoint, this.#lane)) > MAX_UNSENT_BYTES) {
          await new Promise((resolve) => setTimeout(resolve, TICK_MS));
        }
        return;
      }
      for (const { partition, errorCode } of outcomes) {
        const count = counts.get(partition) ?? 0;
        if (errorCode === 0) this.#sent += count;
        else this.#fail(count, kafkaError(errorCode, `Partition ${partition}`).message);
      }
    } catch (error) {
      if (!this.#isClosed) this.#fail(total, reasonOf(error));
    } finally {
      this.#inFlight.set(leader, (this.#inFlight.get(leader) ?? 1) - 1);
    }
  }

  #fail(count: number, reason: string): void {
    this.#failed += count;
    this.#lastError = reason;
    this.#lookAgain();
  }

  #lookAgain(): void {
    const now = Date.now();
    if (now - this.#refreshedAtMs < METADATA_PAUSE_MS) return;
    this.#refreshedAtMs = now;
    this.#context.metadata.refresh().catch((error: unknown) => {
      this.#lastError = reasonOf(error);
    });
  }
}

/** At most one batch per partition in a request: Kafka refuses more. */
function requestsOf<B extends { readonly partition: number }>(batches: readonly B[]): B[][] {
  const requests: B[][] = [];
  const used = new Map<number, number>();
  for (const batch of batches) {
    const at = used.get(batch.partition) ?? 0;
    used.set(batch.partition, at + 1);
    const request = requests[at];
    if (request === undefined) requests[at] = [batch];
    else request.push(batch);
  }
  return requests;
}
