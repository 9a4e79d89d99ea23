// The browse stream: reads a page of records forward or backward over chosen partitions, the filter applied before the limit.
// Memory is bounded by the page; a long search stops at its budget and can be resumed by cursor. Opened by feature.ts.
import type { ClusterError } from '../../client/errors.ts';
import { invalidArgument, kafkaError, kafkaErrorName, reasonOf, toClusterError } from '../../client/errors.ts';
import { chosenPartitions, type TopicNode } from '../../client/metadata.ts';
import { type Batch, batchesIn, type RawRecord, recordsOf } from '../../client/records/batch.ts';
import { withoutAborted } from '../../client/records/committed.ts';
import { FETCH_BYTES, type FetchedPartition } from '../../client/records/fetch.ts';
import { EARLIEST, LATEST, type OffsetAnswer } from '../../client/records/offsets.ts';
import { type Bounds, cursorsOf, PartitionScan, progressOf, takeMerged } from '../../client/records/scan.ts';
import type { BrowseBatch, BrowseParams, Problem, RecordRow } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import type { Stream } from '../gateway.ts';
import { filterFor, LIST_PAYLOAD_BYTES, type RecordFilter, recordRow } from './payload.ts';

const MAX_LIMIT = 500;
const SCAN_BUDGET = { records: 200_000, timeMs: 10_000 } as const;
const PARTITIONS_PER_ROUND = 64;
const MAX_WINDOW = 20_000;
const MAX_EMPTY_ANSWERS = 3;
const MAX_RETRIES = 4;

type RecordScan = PartitionScan<RecordRow>;

export class Browse implements Stream<BrowseBatch> {
  readonly #context: GatewayContext;
  readonly #params: BrowseParams;
  readonly #filter: RecordFilter;
  readonly #onReady: () => void;
  readonly #isCommittedOnly: boolean;
  readonly #problems: Problem[] = [];
  #records: RecordRow[] = [];
  #scans: readonly RecordScan[] = [];
  #keep = 0;
  #emitted = 0;
  #scannedRecords = 0;
  #scannedBytes = 0;
  #retries = 0;
  #done: BrowseBatch['done'] = null;
  #isDirty = false;
  #isClosed = false;

  constructor(
    context: GatewayContext,
    params: BrowseParams,
    onReady: () => void,
    onError: (error: ClusterError) => void,
  ) {
    this.#context = context;
    this.#params = params;
    this.#filter = filterFor(params.contains);
    this.#onReady = onReady;
    this.#isCommittedOnly = params.isCommittedOnly ?? false;
    this.#run().catch((error: unknown) => {
      if (!this.#isClosed) onError(toClusterError(error, `Reading ${params.topic} failed`));
    });
  }

  take(): BrowseBatch | null {
    if (!this.#isDirty) return null;
    this.#isDirty = false;
    const records = this.#records;
    this.#records = [];
    const searched = progressOf(this.#scans);
    const collected = this.#emitted / this.#params.limit;
    return {
      records,
      scannedRecords: this.#scannedRecords,
      scannedBytes: this.#scannedBytes,
      progress: this.#done !== null ? 1 : searched === null ? null : Math.max(searched, collected),
      problems: [...this.#problems],
      done: this.#done,
    };
  }

  close(): void {
    this.#isClosed = true;
  }

  async #run(): Promise<void> {
    const { limit, topic: name } = this.#params;
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
      throw invalidArgument(`limit is ${limit}: choose 1 to ${MAX_LIMIT} records.`);
    }
    const topic = await this.#context.metadata.topic(name);
    this.#scans = await this.#openScans(topic);
    const startedAtMs = performance.now();
    while (!this.#isClosed && this.#done === null) {
      this.#emit(false);
      const reason = this.#stopReason(performance.now() - startedAtMs);
      if (reason !== null) return this.#finish(reason);
      const needing = this.#scans.filter((scan) => scan.found.length === 0 && !scan.isExhausted);
      await this.#readRound(needing.slice(0, PARTITIONS_PER_ROUND));
      this.#tell();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #stopReason(elapsedMs: number): string | null {
    if (this.#emitted >= this.#params.limit) return 'the page is full';
    if (this.#scans.length === 0) return 'no partition could be read';
    if (this.#scans.every((scan) => scan.isExhausted && scan.found.length === 0)) {
      if (this.#scans.some((scan) => scan.failure !== null)) return 'stopped: some partitions could not be read';
      return this.#scans[0]?.direction === 'backward' ? 'reached the start' : 'reached the end';
    }
    if (this.#scannedRecords >= SCAN_BUDGET.records) {
      return `stopped at ${SCAN_BUDGET.records.toLocaleString('en-US')} scanned records`;
    }
    if (elapsedMs >= SCAN_BUDGET.timeMs) return `stopped after ${SCAN_BUDGET.timeMs / 1000} s`;
    return null;
  }

  #finish(reason: string): void {
    this.#emit(true);
    this.#done = { reason, ...cursorsOf(this.#scans) };
    this.#tell();
  }

  #emit(isFinal: boolean): void {
    const taken = takeMerged(this.#scans, this.#params.limit - this.#emitted, isFinal);
    this.#emitted += taken.length;
    this.#records.push(...taken);
  }

  #tell(): void {
    if (this.#isClosed) return;
    this.#isDirty = true;
    this.#onReady();
  }

  async #openScans(topic: TopicNode): Promise<readonly RecordScan[]> {
    const chosen = chosenPartitions(topic, this.#params.partitions);
    const bounds = await this.#bounds(topic, chosen);
    this.#keep = Math.max(16, Math.ceil((2 * this.#params.limit) / Math.max(1, bounds.length)));
    const { cursor, start } = this.#params;
    if (cursor !== null) {
      return bounds.map((bound) => {
        const fallback = cursor.direction === 'forward' ? bound.start : bound.end;
        return new PartitionScan(
          bound,
          cursor.direction,
          cursor.offsets[String(bound.partition)] ?? fallback,
          this.#keep,
        );
      });
    }
    if (start.from === 'newest')
      return bounds.map((bound) => new PartitionScan(bound, 'backward', bound.end, this.#keep));
    if (start.from === 'oldest')
      return bounds.map((bound) => new PartitionScan(bound, 'forward', bound.start, this.#keep));
    if (start.from === 'offset')
      return bounds.map((bound) => new PartitionScan(bound, 'forward', start.offset, this.#keep));
    const found = await this.#context.client.offsets({
      of: [{ topic: topic.name, partitions: bounds.map(({ partition }) => partition) }],
      at: BigInt(start.timestampMs),
      lane: 'data',
    });
    const byPartition = new Map(found.map(({ partition, offset }) => [partition, offset]));
    return bounds.map((bound) => {
      const offset = byPartition.get(bound.partition) ?? -1;
      return new PartitionScan(bound, 'forward', offset < 0 ? bound.end : offset, this.#keep);
    });
  }

  async #bounds(topic: TopicNode, partitions: readonly number[]): Promise<readonly Bounds[]> {
    const wanted = [{ topic: topic.name, partitions }];
    const [starts, ends] = await Promise.all([
      this.#context.client.offsets({ of: wanted, at: EARLIEST, lane: 'data' }),
      this.#context.client.offsets({ of: wanted, at: LATEST, lane: 'data', isStable: this.#isCommittedOnly }),
    ]);
    const startOf = new Map(starts.filter(({ errorCode }) => errorCode === 0).map((a) => [a.partition, a.offset]));
    const endOf = new Map(ends.filter(({ errorCode }) => errorCode === 0).map((a) => [a.partition, a.offset]));
    const bounds: Bounds[] = [];
    for (const partition of partitions) {
      const start = startOf.get(partition);
      const end = endOf.get(partition);
      if (start !== undefined && end !== undefined) bounds.push({ partition, start, end });
      else
        this.#problems.push({
          brokerId: null,
          sentence: `Partition ${partition} is left out: ${whyLeftOut(topic, partition, [...starts, ...ends])}.`,
        });
    }
    return bounds;
  }

  async #readRound(scans: readonly RecordScan[]): Promise<void> {
    const topic = await this.#context.metadata.topic(this.#params.topic);
    const byLeader = new Map<number, RecordScan[]>();
    for (const scan of scans) {
      const leader = topic.partitions[scan.partition]?.leader ?? null;
      if (leader === null) this.#fail(scan, 'it has no leader');
      else byLeader.set(leader, [...(byLeader.get(leader) ?? []), scan]);
    }
    const isRetryNeeded = await Promise.all(
      [...byLeader].map(([leader, ofLeader]) => this.#readFrom(leader, ofLeader)),
    );
    if (!isRetryNeeded.includes(true)) return;
    this.#retries += 1;
    await new Promise((resolve) => setTimeout(resolve, 150 * this.#retries));
    await this.#context.metadata.refresh();
  }

  /** @returns whether the metadata may be stale and the read is worth repeating */
  async #readFrom(leader: number, scans: readonly RecordScan[]): Promise<boolean> {
    // A partition that got nothing goes first: the first one always gets at least one batch, whatever its size.
    const ordered = [...scans].sort((left, right) => right.emptyAnswers - left.emptyAnswers);
    try {
      const answer = await this.#context.client.fetch(leader, 'data', {
        topic: this.#params.topic,
        wants: ordered.map((scan) => ({
          partition: scan.partition,
          offset: scan.direction === 'forward' ? scan.position : scan.windowStart,
          maxBytes: FETCH_BYTES.partition,
        })),
        maxWaitMs: 250,
        minBytes: 1,
        maxBytes: FETCH_BYTES.request,
        isCommittedOnly: this.#isCommittedOnly,
      });
      const retries = answer.partitions.map((fetched) => {
        const scan = scans.find(({ partition }) => partition === fetched.partition);
        return scan === undefined ? false : this.#take(scan, fetched);
      });
      return retries.includes(true);
    } catch (error) {
      if (this.#retries < MAX_RETRIES) return true;
      for (const scan of scans) this.#fail(scan, reasonOf(error));
      return false;
    }
  }

  #take(scan: RecordScan, fetched: FetchedPartition): boolean {
    if (fetched.errorCode !== 0) {
      const error = kafkaError(fetched.errorCode, `Partition ${scan.partition}`);
      if (error.isRetriable && this.#retries < MAX_RETRIES) return true;
      this.#fail(scan, error.message);
      return false;
    }
    this.#scannedBytes += fetched.bytes.length;
    const batches = batchesIn(fetched.bytes);
    const seen = this.#isCommittedOnly ? withoutAborted(batches, fetched.aborted) : batches;
    if (scan.direction === 'forward') this.#takeForward(scan, seen);
    else this.#takeBackward(scan, seen);
    return false;
  }

  #takeForward(scan: RecordScan, batches: Iterable<Batch>): void {
    let isAnything = false;
    for (const batch of batches) {
      isAnything = true;
      for (const record of recordsOf(batch)) {
        if (record.offset < scan.position) continue;
        if (record.offset >= scan.end || scan.found.length >= this.#keep) return;
        this.#look(record, scan);
        scan.position = record.offset + 1;
      }
      scan.position = Math.max(scan.position, Math.min(batch.nextOffset, scan.end));
    }
    this.#noteEmpty(scan, isAnything, () => {
      scan.position = scan.end;
    });
  }

  /** Reads one window; windows that need several fetches read on until they are whole. */
  #takeBackward(scan: RecordScan, batches: Iterable<Batch>): void {
    const low = scan.windowStart;
    const high = scan.position;
    const rows: RecordRow[] = [];
    let looked = 0;
    let reached = low;
    for (const batch of batches) {
      for (const record of recordsOf(batch)) {
        if (record.offset < low || record.offset >= high) continue;
        looked += 1;
        if (this.#filter(record)) rows.push(recordRow(scan.partition, record, LIST_PAYLOAD_BYTES));
      }
      reached = Math.max(reached, batch.nextOffset);
    }
    if (reached < high) {
      // The window did not fit into one answer: halve it, unless nothing at all lies in it.
      if (reached > low) scan.windowSize = Math.max(1, Math.min(Math.floor(scan.windowSize / 2), high - reached));
      this.#noteEmpty(scan, reached > low, () => {
        scan.position = low;
      });
      return;
    }
    scan.emptyAnswers = 0;
    // Only now: what lay in a window that did not fit is read again, and counts once.
    this.#scannedRecords += looked;
    const kept = rows.slice(-this.#keep).reverse();
    scan.found.push(...kept);
    const oldestKept = kept.at(-1);
    scan.position = kept.length < rows.length && oldestKept !== undefined ? oldestKept.offset : low;
    if (rows.length < this.#keep / 4) scan.windowSize = Math.min(scan.windowSize * 2, MAX_WINDOW);
  }

  #look(record: RawRecord, scan: RecordScan): void {
    this.#scannedRecords += 1;
    if (this.#filter(record)) scan.found.push(recordRow(scan.partition, record, LIST_PAYLOAD_BYTES));
  }

  /** A hole at the end of a log gives empty answers; after a few of them there is nothing there. */
  #noteEmpty(scan: RecordScan, isAnything: boolean, giveUp: () => void): void {
    scan.emptyAnswers = isAnything ? 0 : scan.emptyAnswers + 1;
    if (scan.emptyAnswers < MAX_EMPTY_ANSWERS) return;
    scan.emptyAnswers = 0;
    giveUp();
  }

  #fail(scan: RecordScan, reason: string): void {
    scan.failure = reason;
    this.#problems.push({
      brokerId: null,
      sentence: `Partition ${scan.partition} could not be read to the end: ${reason}`,
    });
  }
}

function whyLeftOut(topic: TopicNode, partition: number, answers: readonly OffsetAnswer[]): string {
  const leader = topic.partitions[partition]?.leader ?? null;
  if (leader === null) return 'it has no leader';
  const failed = answers.find((answer) => answer.partition === partition && answer.errorCode !== 0);
  if (failed === undefined) return `broker ${leader}, its leader, does not answer`;
  const name = kafkaErrorName(failed.errorCode);
  return name === 'OFFSET_NOT_AVAILABLE'
    ? `broker ${leader} leads it anew and waits for another replica in sync before it says what is committed`
    : `broker ${leader}, its leader, answers ${name}`;
}
