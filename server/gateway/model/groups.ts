// The groups of the cluster as they were last sampled: the list (cheap, all groups) and a bounded number of details
// (members, committed offsets, lag). Written by sampling/group-reader.ts, read by the views. Pure bookkeeping, no I/O.
import type { GroupMember, GroupPartition, GroupRow } from '../../live/contract.ts';
import { isLagUnknown } from './lag.ts';
import { ChangeWindow, RateWindow } from './rates.ts';

export interface GroupListing {
  readonly groupId: string;
  /** classic, consumer, share, streams; lower case. */
  readonly type: string;
  readonly protocolType: string;
  readonly state: string;
  readonly coordinatorId: number;
}

/** What one sampling of a group found. Lag was computed with end offsets read after the committed ones. */
export interface GroupSample {
  readonly atMs: number;
  readonly state: string;
  readonly protocol: string | null;
  readonly epoch: number | null;
  readonly assignmentEpoch: number | null;
  readonly members: readonly GroupMember[];
  readonly partitions: readonly GroupPartition[];
}

/** Types whose members can be read; of share and streams groups only the state is known. */
const DESCRIBED_TYPES: ReadonlySet<string> = new Set(['classic', 'consumer']);
/** Details kept at once; 10,000 groups of ten partitions are some tens of megabytes. */
const MAX_DETAILS = 10_000;
/** Commits come in bursts (every second or every five), so rates are taken over several of them. */
const OUT_WINDOW_MS = 6_000;
const LAG_WINDOW_MS = 5_000;

/** One group's newest sample with the history that its rates need. */
export class GroupDetail {
  #sample: GroupSample | null = null;
  readonly #out = new RateWindow(OUT_WINDOW_MS);
  readonly #lag = new ChangeWindow(LAG_WINDOW_MS);
  #consumed = 0;
  #consumedBytes = 0;
  readonly #outBytes = new RateWindow(OUT_WINDOW_MS);
  /** Rates per partition, kept only while a page shows them. */
  #partitionOut: Map<string, RateWindow> | null = null;
  /** Why the newest sampling failed; null when it worked. */
  problem: string | null = null;

  get sample(): GroupSample | null {
    return this.#sample;
  }

  /** Takes a new sample; `bytesPerRecord` estimates what the consumed records weigh. */
  take(sample: GroupSample, bytesPerRecord: (topic: string) => number | null): void {
    const before = new Map(this.#sample?.partitions.map((row) => [keyOf(row), row.committedOffset]));
    for (const row of sample.partitions) {
      const previous = before.get(keyOf(row)) ?? null;
      if (previous === null || row.committedOffset === null || row.committedOffset < previous) continue;
      const records = row.committedOffset - previous;
      this.#consumed += records;
      this.#consumedBytes += records * (bytesPerRecord(row.topic) ?? 0);
    }
    this.#sample = sample;
    this.problem = null;
    this.#takePartitionRates(sample);
    this.#out.push(sample.atMs, this.#consumed);
    this.#outBytes.push(sample.atMs, this.#consumedBytes);
    const lag = this.wholeLag();
    if (lag === null) this.#lag.reset();
    else this.#lag.push(sample.atMs, lag);
  }

  trackPartitions(isTracked: boolean): void {
    if (!isTracked) this.#partitionOut = null;
    else this.#partitionOut ??= new Map();
  }

  partitionRate(row: GroupPartition): number | null {
    return this.#partitionOut?.get(keyOf(row))?.perSecond() ?? null;
  }

  #takePartitionRates(sample: GroupSample): void {
    const before = this.#partitionOut;
    if (before === null) return;
    const next = new Map<string, RateWindow>();
    for (const row of sample.partitions) {
      if (row.committedOffset === null) continue;
      const window = before.get(keyOf(row)) ?? new RateWindow(OUT_WINDOW_MS);
      window.push(sample.atMs, row.committedOffset);
      next.set(keyOf(row), window);
    }
    this.#partitionOut = next;
  }

  totalLag(): number | null {
    return sumOfLag(this.#sample?.partitions ?? []);
  }

  /** The total where it leaves nothing out: what a line or a trend is drawn from. */
  wholeLag(): number | null {
    return this.unknownLagPartitions() > 0 ? null : this.totalLag();
  }

  /** Those the total leaves out. */
  unknownLagPartitions(): number {
    return (this.#sample?.partitions ?? []).filter(isLagUnknown).length;
  }

  topicLag(topic: string): number | null {
    return sumOfLag((this.#sample?.partitions ?? []).filter((row) => row.topic === topic));
  }

  recordsPerSecond(): number | null {
    return this.#out.perSecond();
  }

  bytesPerSecond(): number | null {
    return this.#outBytes.perSecond();
  }

  lagChangePerSecond(): number | null {
    return this.#lag.perSecond();
  }

  /** Topics with a committed offset or an assigned partition. */
  topics(): ReadonlySet<string> {
    const topics = new Set<string>();
    for (const { topic } of this.#sample?.partitions ?? []) topics.add(topic);
    for (const { assignments } of this.#sample?.members ?? []) for (const { topic } of assignments) topics.add(topic);
    return topics;
  }
}

export class Groups {
  listings: ReadonlyMap<string, GroupListing> = new Map();
  listedAtMs: number | null = null;
  readonly #details = new Map<string, GroupDetail>();
  #cursor = 0;
  /** True once each listed group was sampled at least once (or cannot be). */
  isComplete = false;

  /** A new list; the groups of coordinators that did not answer stay as they were. */
  takeListings(listings: readonly GroupListing[], silentBrokers: ReadonlySet<number>, atMs: number): void {
    const next = new Map(listings.map((listing) => [listing.groupId, listing]));
    for (const [groupId, listing] of this.listings) {
      if (silentBrokers.has(listing.coordinatorId) && !next.has(groupId)) next.set(groupId, listing);
    }
    this.listings = next;
    this.listedAtMs = atMs;
    for (const groupId of this.#details.keys()) if (!next.has(groupId)) this.#details.delete(groupId);
  }

  detail(groupId: string): GroupDetail | null {
    return this.#details.get(groupId) ?? null;
  }

  details(): Iterable<[string, GroupDetail]> {
    return this.#details;
  }

  /** The detail to write to; null when the bound is reached. */
  detailFor(groupId: string): GroupDetail | null {
    const existing = this.#details.get(groupId);
    if (existing !== undefined) return existing;
    if (this.#details.size >= MAX_DETAILS) return null;
    const detail = new GroupDetail();
    this.#details.set(groupId, detail);
    return detail;
  }

  /** The next `count` groups in turn, so that each is sampled in time whatever their number. */
  nextInTurn(count: number): readonly string[] {
    const all = [...this.listings.keys()];
    if (all.length <= count) {
      this.#cursor = 0;
      return all;
    }
    const start = this.#cursor % all.length;
    this.#cursor = (start + count) % all.length;
    return [...all.slice(start, start + count), ...all.slice(0, Math.max(0, start + count - all.length))];
  }

  noteCompleteness(): void {
    if (this.isComplete) return;
    const sampled = [...this.#details.values()].filter(({ sample, problem }) => sample !== null || problem !== null);
    this.isComplete = this.listedAtMs !== null && sampled.length >= Math.min(this.listings.size, MAX_DETAILS);
  }

  row(listing: GroupListing): GroupRow {
    const detail = this.#details.get(listing.groupId);
    const sample = detail?.sample ?? null;
    return {
      groupId: listing.groupId,
      type: listing.type,
      protocolType: listing.protocolType,
      state: sample !== null && sample.state !== '' ? sample.state : listing.state,
      members: sample === null || !DESCRIBED_TYPES.has(listing.type) ? null : sample.members.length,
      topics: sample === null ? null : (detail?.topics().size ?? null),
      coordinatorId: listing.coordinatorId,
      totalLag: detail?.totalLag() ?? null,
      unknownLagPartitions: detail?.unknownLagPartitions() ?? 0,
      lagChangePerSecond: detail?.lagChangePerSecond() ?? null,
    };
  }
}

function keyOf(row: { topic: string; partition: number }): string {
  return `${row.partition}:${row.topic}`;
}

function sumOfLag(rows: readonly GroupPartition[]): number | null {
  let total: number | null = null;
  for (const { lag } of rows) if (lag !== null) total = (total ?? 0) + lag;
  return total;
}
