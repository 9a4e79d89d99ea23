// Fetches that wait for data (Kafka's DelayedFetch and its purgatory): each completes once, when enough bytes came to its
// partitions, when one of them changed hands or went away, or when its time is over. Bytes are counted as they become visible,
// to followers with the append, to consumers with the commit, so nothing is read again before it pays. Bounded by the connections: each has at most one request in work.
import { Heap } from '../../../kernel/heap.ts';
import { type CancelTimer, DiskError, type World } from '../../../kernel/world.ts';

/** What waiting needs of a partition, which the broker's Replica is: who waits at it, and how far it can be read. */
export interface AwaitedPartition {
  readonly log: { readonly lastStableOffset: number };
  readonly highWatermark: number;
  /** Consumers' fetches that wait for committed bytes. */
  readonly parked: Set<ParkedPartition>;
  /** Those of read_committed consumers, that wait for stable bytes; and how far it was stable when that was looked at last. */
  readonly parkedStable: Set<ParkedPartition>;
  stable: { readonly offset: number; readonly isWhole: boolean };
  /** Followers' fetches that wait for any bytes. */
  readonly parkedFollowers: Set<ParkedPartition>;
  /** Places in followers' fetch sessions that have no news of it. */
  readonly resting: Set<Resting>;
}

export interface FetchToPark {
  readonly minBytes: number;
  readonly maxWaitMs: number;
  /** A replica sees all of the log, a consumer what is committed. */
  readonly isFollower: boolean;
  /** A consumer that sees only what no open transaction may still undo (read_committed). */
  readonly isStable?: boolean;
  /** What each partition could give already, and the most it may give. */
  readonly partitions: readonly {
    readonly replica: AwaitedPartition;
    readonly bytes: number;
    readonly maxBytes: number;
  }[];
  /** Called once, never before park() returned. Not called after a cancel. */
  complete(): void;
  /** The fetch of a session: places that are roused meanwhile join it. */
  readonly session?: FetchingSession | null;
}
/** Who fetches through a session: what it waits with, if it waits. */
export interface FetchingSession {
  waiting: ParkedFetch | null;
}
/** A partition's place in a fetch session that need not be looked at, until something of the partition changes. */
export interface Resting {
  readonly session: FetchingSession;
  readonly maxBytes: number;
  /** Its follower has everything below. */
  readonly fetchOffset: number;
  /** It is to be looked at with the next answer. */
  rouse(): void;
}

export interface ParkedPartition {
  readonly fetch: ParkedFetch;
  readonly replica: AwaitedPartition;
  readonly maxBytes: number;
  bytes: number;
}

export class ParkedFetch {
  readonly deadlineMs: number;
  readonly complete: () => void;
  readonly isFollower: boolean;
  readonly isStable: boolean;
  readonly session: FetchingSession | null;
  readonly partitions: ParkedPartition[] = [];
  missingBytes: number;
  isParked = true;

  constructor(deadlineMs: number, missingBytes: number, wanted: FetchToPark) {
    this.deadlineMs = deadlineMs;
    this.isFollower = wanted.isFollower;
    this.isStable = wanted.isStable === true;
    this.session = wanted.session ?? null;
    this.missingBytes = missingBytes;
    this.complete = () => wanted.complete();
  }
}

const waitersOf = (
  replica: AwaitedPartition,
  whose: { readonly isFollower: boolean; readonly isStable?: boolean },
): Set<ParkedPartition> => {
  if (whose.isFollower) return replica.parkedFollowers;
  return whose.isStable === true ? replica.parkedStable : replica.parked;
};

/** Completed fetches stay in the heap until this many more than the living are in it. */
const STALE_SLACK = 1024;
const isEarlier = (a: ParkedFetch, b: ParkedFetch): boolean => a.deadlineMs < b.deadlineMs;

export class ParkedFetches {
  readonly #world: World;
  #deadlines = new Heap<ParkedFetch>(isEarlier);
  readonly #parked = new Set<ParkedFetch>();
  /** Satisfied, to be completed together when the appends of this turn are done. */
  #due: ParkedFetch[] = [];
  #cancelTimer: CancelTimer | null = null;
  #timerAtMs = Number.POSITIVE_INFINITY;

  constructor(world: World) {
    this.#world = world;
  }

  get count(): number {
    return this.#parked.size;
  }

  /** Entries in memory, completed ones that are not swept yet included. */
  get heldCount(): number {
    return this.#deadlines.size;
  }

  /** Parks until `minBytes` or `maxWaitMs`; the answer cancels. */
  park(wanted: FetchToPark): () => void {
    let bytes = 0;
    for (const part of wanted.partitions) bytes += Math.min(part.bytes, part.maxBytes);
    const deadlineMs = this.#world.clock.monotonicMs() + wanted.maxWaitMs;
    const fetch = new ParkedFetch(deadlineMs, wanted.minBytes - bytes, wanted);
    for (const part of wanted.partitions) {
      const entry = {
        fetch,
        replica: part.replica,
        maxBytes: part.maxBytes,
        bytes: Math.min(part.bytes, part.maxBytes),
      };
      fetch.partitions.push(entry);
      if (fetch.isStable && part.replica.parkedStable.size === 0) noteStable(part.replica);
      waitersOf(part.replica, fetch).add(entry);
    }
    if (fetch.session !== null) fetch.session.waiting = fetch;
    this.#parked.add(fetch);
    this.#deadlines.push(fetch);
    this.#armTimer();
    return () => this.#remove(fetch);
  }

  /** Those that wait, in no order. */
  all(): Iterable<ParkedFetch> {
    return this.#parked;
  }

  /** Something of the partition changed that a fetch would notice; what waits is not to be completed for that alone. */
  rouse(replica: AwaitedPartition): void {
    if (replica.resting.size === 0) return;
    const roused = [...replica.resting];
    replica.resting.clear();
    for (const place of roused) {
      place.rouse();
      const fetch = place.session.waiting;
      if (fetch === null) continue;
      const entry = { fetch, replica, maxBytes: place.maxBytes, bytes: 0 };
      fetch.partitions.push(entry);
      waitersOf(replica, fetch).add(entry);
    }
  }

  /** Bytes became readable in the partition, for consumers: the high watermark rose. */
  bytesAdded(replica: AwaitedPartition, sizeBytes: number): void {
    this.rouse(replica);
    if (replica.parked.size > 0) this.#count(replica.parked, sizeBytes);
    if (replica.parkedStable.size > 0) this.#countStable(replica, sizeBytes);
  }
  /** Where transactions are about, bytes become stable all at once: whoever waits looks again. */
  #countStable(replica: AwaitedPartition, sizeBytes: number): void {
    const before = replica.stable;
    noteStable(replica);
    if (before.isWhole && replica.stable.isWhole) this.#count(replica.parkedStable, sizeBytes);
    else if (before.offset !== replica.stable.offset)
      for (const entry of replica.parkedStable) this.#markDue(entry.fetch);
  }
  /** Bytes are in the log, for followers. */
  bytesAppended(replica: AwaitedPartition, sizeBytes: number): void {
    this.rouse(replica);
    if (replica.parkedFollowers.size > 0) this.#count(replica.parkedFollowers, sizeBytes);
  }
  /** The high watermark rose: followers that serve consumers must hear of it. */
  committed(replica: AwaitedPartition): void {
    for (const entry of replica.parkedFollowers) this.#markDue(entry.fetch);
  }
  #count(entries: ReadonlySet<ParkedPartition>, sizeBytes: number): void {
    for (const entry of entries) {
      const counted = Math.min(sizeBytes, entry.maxBytes - entry.bytes);
      entry.bytes += counted;
      entry.fetch.missingBytes -= counted;
      if (entry.fetch.missingBytes <= 0) this.#markDue(entry.fetch);
    }
  }

  /** The partition changed hands, lost records or went away: whoever waits must look again. */
  partitionChanged(replica: AwaitedPartition): void {
    this.rouse(replica);
    for (const entry of replica.parked) this.#markDue(entry.fetch);
    for (const entry of replica.parkedFollowers) this.#markDue(entry.fetch);
    for (const entry of replica.parkedStable) this.#markDue(entry.fetch);
  }

  /** Completes everything, for an orderly stop. */
  completeAll(): void {
    for (const fetch of [...this.#parked]) this.#complete(fetch);
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  #markDue(fetch: ParkedFetch): void {
    this.#remove(fetch);
    this.#due.push(fetch);
    if (this.#due.length > 1) return;
    // After the request that is being handled, so that an append to several partitions is read once.
    void Promise.resolve().then(() => {
      const due = this.#due;
      this.#due = [];
      for (const one of due) one.complete();
    });
  }
  #complete(fetch: ParkedFetch): void {
    this.#remove(fetch);
    fetch.complete();
  }
  #remove(fetch: ParkedFetch): void {
    if (!fetch.isParked) return;
    fetch.isParked = false;
    if (fetch.session?.waiting === fetch) fetch.session.waiting = null;
    this.#parked.delete(fetch);
    for (const entry of fetch.partitions) waitersOf(entry.replica, fetch).delete(entry);
    if (this.#deadlines.size > 2 * this.#parked.size + STALE_SLACK) this.#forgetStale();
  }
  #forgetStale(): void {
    this.#deadlines = new Heap<ParkedFetch>(isEarlier);
    for (const fetch of this.#parked) this.#deadlines.push(fetch);
  }

  #armTimer(): void {
    const next = this.#deadlines.peek();
    if (next === undefined || next.deadlineMs >= this.#timerAtMs) return;
    this.#cancelTimer?.();
    this.#timerAtMs = next.deadlineMs;
    const delayMs = Math.max(0, Math.min(next.deadlineMs - this.#world.clock.monotonicMs(), MAX_TIMER_MS));
    this.#cancelTimer = this.#world.timers.after(delayMs, () => this.#expire());
  }
  #expire(): void {
    this.#cancelTimer = null;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#world.clock.monotonicMs();
    for (let next = this.#deadlines.peek(); next !== undefined; next = this.#deadlines.peek()) {
      if (next.isParked && next.deadlineMs > nowMs) break;
      this.#deadlines.pop();
      if (next.isParked) this.#complete(next);
    }
    this.#armTimer();
  }
}

/** Where the disk does not say, nobody waits on a guess: the read that follows tells them. */
function noteStable(replica: AwaitedPartition): void {
  try {
    const offset = replica.log.lastStableOffset;
    replica.stable = { offset, isWhole: offset >= replica.highWatermark };
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    replica.stable = { offset: Number.NaN, isWhole: false };
  }
}

/** Longer delays overflow the timers of most runtimes; the next expiry arms again. */
const MAX_TIMER_MS = 2_000_000_000;
