// Which short tails of partitions are worth a look, and what was seen in those looked at. Pure bookkeeping with stated bounds;
// log-tails.ts does the reading.
import { partitionKey } from '../../client/places.ts';
import type { LagParts } from '../../live/contract.ts';
import type { LookedAt } from './lag-parts.ts';

/** Further from the end than this each offset counts as a record. */
export const TAIL_OFFSETS = 500;
/** Partitions looked at in one sampling; the others come with the next. */
export const MAX_LOOKS = 50;
/** Compaction changes what was seen: it is seen again after this long. */
const REMEMBERED_MS = 60_000;
/** A tail that moves is looked at each time where transactions are written, else this often, to find out whether they are. */
const DISCOVERY_MS = 10_000;
const MAX_REMEMBERED = 10_000;

export interface TailRange {
  readonly topic: string;
  /** A topic made again under its name is another one. */
  readonly topicId: string | null;
  readonly partition: number;
  /** The committed offset. */
  readonly from: number;
  readonly end: number;
}

export interface TailWant extends TailRange {
  /** Neither end has moved since the sampling before. */
  readonly isStill: boolean;
}

export class TailMemory {
  readonly #seen = new Map<string, { readonly parts: LagParts; readonly atMs: number }>();
  /** By partition: when it was looked at last, and whether transactions were there. */
  readonly #known = new Map<string, { readonly atMs: number; readonly isTransactional: boolean }>();

  /** What was seen between the two offsets; null when they were not looked at. */
  partsOf(range: TailRange): LagParts | null {
    return this.#seen.get(rangeKey(range))?.parts ?? null;
  }

  /** The tails to look at now, each once; those that stay as they are come first. */
  chosen(wants: Iterable<TailWant>, nowMs: number): readonly TailWant[] {
    const ranges = new Map<string, TailWant>();
    for (const want of wants) {
      const length = want.end - want.from;
      if (length >= 1 && length <= TAIL_OFFSETS && this.#isWorthIt(want, nowMs)) ranges.set(rangeKey(want), want);
    }
    return [...ranges.values()].sort((left, right) => Number(right.isStill) - Number(left.isStill)).slice(0, MAX_LOOKS);
  }

  take(range: TailRange, { parts, isTransactional }: LookedAt, nowMs: number): void {
    remember(this.#seen, rangeKey(range), { parts, atMs: nowMs });
    remember(this.#known, partitionKey(range.topic, range.partition), { atMs: nowMs, isTransactional });
  }

  #isWorthIt(want: TailWant, nowMs: number): boolean {
    const seen = this.#seen.get(rangeKey(want));
    if (seen !== undefined) return nowMs - seen.atMs >= REMEMBERED_MS;
    const known = this.#known.get(partitionKey(want.topic, want.partition));
    return want.isStill || known === undefined || known.isTransactional || nowMs - known.atMs >= DISCOVERY_MS;
  }
}

function rangeKey({ topic, topicId, partition, from, end }: TailRange): string {
  return `${partition}:${from}:${end}:${topicId ?? ''}:${topic}`;
}

/** The oldest make room. */
function remember<Value>(memory: Map<string, Value>, key: string, value: Value): void {
  memory.delete(key);
  memory.set(key, value);
  for (const oldest of memory.keys()) {
    if (memory.size <= MAX_REMEMBERED) return;
    memory.delete(oldest);
  }
}
