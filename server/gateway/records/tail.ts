// The tail stream: from the end on, long polls at each leader over connections of its own. Keeps at most 500 rows between
// two takes, the newest, and counts exactly what matched and what was not shown. Opened by feature.ts.
import type { Lane } from '../../client/connections.ts';
import type { ClusterError } from '../../client/errors.ts';
import { kafkaError, kafkaErrorName, reasonOf, toClusterError } from '../../client/errors.ts';
import { chosenPartitions } from '../../client/metadata.ts';
import { type Batch, batchesIn, recordsOf } from '../../client/records/batch.ts';
import { FETCH_BYTES, type FetchedPartition } from '../../client/records/fetch.ts';
import { LATEST } from '../../client/records/offsets.ts';
import type { Problem, RecordRow, TailBatch, TailParams } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import type { Stream } from '../gateway.ts';
import { RateWindow } from '../model/rates.ts';
import { filterFor, LIST_PAYLOAD_BYTES, type RecordFilter, recordRow } from './payload.ts';

const MAX_ROWS = 500;
const POLL_WAIT_MS = 500;
const RETRY_MS = 500;
/** Between two answers with records: a busy topic is read in larger pieces instead of thousands of small ones. */
const BREATH_MS = 60;
/** Rates and problems are told this often even when no record comes. */
const HEARTBEAT_MS = 1_000;

let tailCount = 0;

export class Tail implements Stream<TailBatch> {
  readonly #context: GatewayContext;
  readonly #params: TailParams;
  readonly #filter: RecordFilter;
  readonly #onReady: () => void;
  readonly #lane: Lane;
  readonly #positions = new Map<number, number>();
  readonly #pollers = new Set<number>();
  readonly #problems = new Map<number, Problem>();
  readonly #rate = new RateWindow(2_000);
  readonly #heartbeat: NodeJS.Timeout;
  #rows: RecordRow[] = [];
  #matched = 0;
  #dropped = 0;
  #isDirty = false;
  #isClosed = false;

  constructor(
    context: GatewayContext,
    params: TailParams,
    onReady: () => void,
    onError: (error: ClusterError) => void,
  ) {
    this.#context = context;
    this.#params = params;
    this.#filter = filterFor(params.contains);
    this.#onReady = onReady;
    tailCount += 1;
    this.#lane = `tail-${tailCount}`;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
    this.#open().catch((error: unknown) => {
      if (!this.#isClosed) onError(toClusterError(error, `Following ${params.topic} failed`));
      this.close();
    });
  }

  take(): TailBatch | null {
    if (!this.#isDirty) return null;
    this.#isDirty = false;
    const records = this.#rows;
    this.#rows = [];
    return {
      records,
      matched: this.#matched,
      dropped: this.#dropped,
      recordsPerSecond: Math.round((this.#rate.perSecond() ?? 0) * 10) / 10,
      problems: [...this.#problems.values()],
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    this.#context.connections.dropLane(this.#lane);
  }

  async #open(): Promise<void> {
    const topic = await this.#context.metadata.topic(this.#params.topic);
    const partitions = chosenPartitions(topic, this.#params.partitions);
    const ends = await this.#context.client.offsets({
      of: [{ topic: topic.name, partitions }],
      at: LATEST,
      lane: 'data',
    });
    for (const { partition, offset, errorCode } of ends) if (errorCode === 0) this.#positions.set(partition, offset);
    for (const partition of partitions) if (!this.#positions.has(partition)) this.#positions.set(partition, -1);
    this.#rate.push(Date.now(), 0);
    this.#tell();
    this.#startPollers();
  }

  /** One poller per leader; it ends when it leads nothing that is followed. */
  #startPollers(): void {
    const topic = this.#context.metadata.topics.get(this.#params.topic);
    for (const { partition, leader } of topic?.partitions ?? []) {
      if (leader === null || !this.#positions.has(partition) || this.#pollers.has(leader) || this.#isClosed) continue;
      this.#pollers.add(leader);
      this.#poll(leader)
        .catch((error: unknown) => this.#context.log(`gateway: tail stopped: ${reasonOf(error)}`))
        .finally(() => this.#pollers.delete(leader));
    }
  }

  async #poll(leader: number): Promise<void> {
    while (!this.#isClosed) {
      const partitions = this.#ledBy(leader);
      if (partitions.length === 0) {
        this.#problems.delete(leader);
        return;
      }
      let isBusy = false;
      try {
        isBusy = await this.#pollOnce(leader, partitions);
        this.#problems.delete(leader);
      } catch (error) {
        if (this.#isClosed) return;
        const sentence = `Broker ${leader} does not answer, so the records of partitions ${partitions.join(', ')} are missing for now (${reasonOf(error)}).`;
        this.#problems.set(leader, { brokerId: leader, sentence });
        await this.#lookAgain();
      }
      await new Promise((resolve) => setTimeout(resolve, isBusy ? BREATH_MS : 0).unref());
    }
  }

  /** @returns whether records came that matched */
  async #pollOnce(leader: number, partitions: readonly number[]): Promise<boolean> {
    await this.#findMissingPositions(partitions);
    const wants = partitions.flatMap((partition) => {
      const offset = this.#positions.get(partition) ?? -1;
      return offset < 0 ? [] : [{ partition, offset, maxBytes: FETCH_BYTES.partition }];
    });
    const answer = await this.#context.client.fetch(leader, this.#lane, {
      topic: this.#params.topic,
      wants,
      maxWaitMs: POLL_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES.request,
    });
    if (this.#isClosed) return false;
    const before = this.#matched;
    const busy = answer.partitions.filter(({ bytes }) => bytes.length > 0).length;
    const share = Math.ceil(MAX_ROWS / Math.max(1, busy));
    for (const fetched of answer.partitions) this.#takePartition(fetched, share);
    if (this.#matched === before) return false;
    this.#rate.push(Date.now(), this.#matched);
    this.#tell();
    return true;
  }

  #takePartition(fetched: FetchedPartition, share: number): void {
    if (fetched.errorCode !== 0) {
      // Retention or a truncation moved the log away from us: go on at its end.
      if (kafkaErrorName(fetched.errorCode) === 'OFFSET_OUT_OF_RANGE') this.#positions.set(fetched.partition, -1);
      throw kafkaError(fetched.errorCode, `Partition ${fetched.partition}`);
    }
    const position = this.#positions.get(fetched.partition) ?? 0;
    const batches = [...batchesIn(fetched.bytes)].filter((batch) => batch.nextOffset > position);
    const last = batches.at(-1);
    if (last === undefined) return;
    if (this.#params.contains === '' && (batches[0]?.baseOffset ?? 0) >= position)
      this.#takeNewest(fetched.partition, batches, share);
    else this.#takeFiltered(fetched.partition, batches, position);
    this.#positions.set(fetched.partition, last.nextOffset);
  }

  /** Without a filter all records match: they are counted from the headers and only the newest `share` are decoded. */
  #takeNewest(partition: number, batches: readonly Batch[], share: number): void {
    let decodeFrom = batches.length;
    let records = 0;
    while (decodeFrom > 0 && records < share) {
      decodeFrom -= 1;
      const batch = batches[decodeFrom];
      if (batch !== undefined && !batch.isControl) records += batch.recordCount;
    }
    const decoded = batches.slice(decodeFrom).flatMap((batch) => recordsOf(batch));
    const counted = batches.slice(0, decodeFrom).filter(({ isControl }) => !isControl);
    const skipped =
      counted.reduce((sum, { recordCount }) => sum + recordCount, 0) + Math.max(0, decoded.length - share);
    this.#matched += skipped;
    this.#dropped += skipped;
    for (const record of decoded.slice(-share)) this.#show(recordRow(partition, record, LIST_PAYLOAD_BYTES));
  }

  #takeFiltered(partition: number, batches: readonly Batch[], position: number): void {
    for (const batch of batches) {
      for (const record of recordsOf(batch)) {
        if (record.offset >= position && this.#filter(record))
          this.#show(recordRow(partition, record, LIST_PAYLOAD_BYTES));
      }
    }
  }

  #show(row: RecordRow): void {
    this.#matched += 1;
    this.#rows.push(row);
    if (this.#rows.length < MAX_ROWS * 2) return;
    this.#dropOldest();
  }

  #dropOldest(): void {
    const surplus = this.#rows.length - MAX_ROWS;
    if (surplus <= 0) return;
    this.#rows.splice(0, surplus);
    this.#dropped += surplus;
  }

  async #findMissingPositions(partitions: readonly number[]): Promise<void> {
    const missing = partitions.filter((partition) => (this.#positions.get(partition) ?? -1) < 0);
    if (missing.length === 0) return;
    const ends = await this.#context.client.offsets({
      of: [{ topic: this.#params.topic, partitions: missing }],
      at: LATEST,
      lane: 'data',
    });
    for (const { partition, offset, errorCode } of ends) if (errorCode === 0) this.#positions.set(partition, offset);
  }

  async #lookAgain(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    try {
      await this.#context.metadata.refresh();
    } catch (error) {
      this.#problems.set(-1, { brokerId: null, sentence: reasonOf(error) });
      return;
    }
    this.#problems.delete(-1);
    this.#startPollers();
  }

  #ledBy(leader: number): readonly number[] {
    const topic = this.#context.metadata.topics.get(this.#params.topic);
    return [...this.#positions.keys()].filter((partition) => topic?.partitions[partition]?.leader === leader);
  }

  #beat(): void {
    this.#rate.push(Date.now(), this.#matched);
    this.#startPollers();
    this.#tell();
  }

  #tell(): void {
    if (this.#isClosed) return;
    this.#dropOldest();
    this.#isDirty = true;
    this.#onReady();
  }
}
