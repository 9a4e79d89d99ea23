// Spreads replicas over all brokers that are up: first racks, then the number of replicas per broker with as few moves as can
// be, then bytes by exchanging replicas where the gain is worth it. Leaders are leaders.ts. Called by plan.ts. Pure.
import type { Layout, Spot } from './layout.ts';

/** Bytes may differ from the mean by this share, and by this many at least, before replicas are exchanged for it. */
const BYTE_TOLERANCE = { share: 0.1, bytes: 1_000_000 } as const;
const MAX_ROUNDS = 20;
const MAX_EXCHANGES = 100;
/** An exchange must close this share of the gap, or it is not worth copying for. */
const MIN_GAIN = 0.1;
/** Candidates looked at before the first that is allowed is taken. */
const LOOKED_AT = 48;
const EXCHANGE_CANDIDATES = 200;
const EXCHANGE_NEIGHBOURS = 6;

export function spread(layout: Layout): void {
  const targets = layout.targets();
  if (targets.length < 2) return;
  // Racks can keep a replica from going where another one, moved first, makes room for it: so until nothing changes.
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = layout.spots.map(({ replicas }) => replicas);
    separateRacks(layout, targets);
    evenCounts(layout, targets);
    evenBytes(layout, targets);
    if (layout.spots.every(({ replicas }, index) => replicas === before[index])) return;
  }
}

/** Replicas of one partition that share a rack go to one that has none of it. */
function separateRacks(layout: Layout, targets: readonly number[]): void {
  for (const spot of layout.spots) {
    for (const broker of [...spot.replicas].reverse()) {
      if (!layout.isUp(broker) || layout.racks(spot, broker) < layout.racks(spot)) continue;
      const to = layout.choose(spot, targets, broker);
      if (to !== null && layout.racks(spot, broker, to) > layout.racks(spot)) layout.replace(spot, broker, to);
    }
  }
}

/** From the fullest broker to the emptiest, until they differ by one at most or nothing allowed is left. */
function evenCounts(layout: Layout, targets: readonly number[]): void {
  const meanBytes = mean(targets.map((broker) => layout.bytesAt(broker)));
  const queues = new Map(targets.map((broker) => [broker, new SizeQueue(spotsOn(layout, broker))]));
  const exhausted = new Set<number>();
  for (;;) {
    const pair = nextPair(layout, targets, exhausted);
    if (pair === null) return;
    const { from, to } = pair;
    const remaining = Math.max(1, Math.floor((layout.replicasAt(from) - layout.replicasAt(to)) / 2));
    const idealBytes = Math.max(0, (layout.bytesAt(from) - meanBytes) / remaining);
    const spot = queues.get(from)?.take(idealBytes, (candidate) => rankMove(layout, candidate, from, to));
    if (spot == null) exhausted.add(from * layout.brokers.length + to);
    else layout.replace(spot, from, to);
  }
}

/** 0: the topic gets more even by it, 1: allowed, null: not allowed. */
function rankMove(layout: Layout, spot: Spot, from: number, to: number): 0 | 1 | null {
  if (!spot.replicas.includes(from) || !layout.canMove(spot, from, to)) return null;
  return layout.topicReplicasAt(spot, from) > layout.topicReplicasAt(spot, to) ? 0 : 1;
}

function nextPair(
  layout: Layout,
  targets: readonly number[],
  exhausted: ReadonlySet<number>,
): { from: number; to: number } | null {
  let best: { from: number; to: number; gap: number } | null = null;
  for (const from of targets) {
    for (const to of targets) {
      const gap = layout.replicasAt(from) - layout.replicasAt(to);
      if (gap <= 1 || gap <= (best?.gap ?? 0) || exhausted.has(from * layout.brokers.length + to)) continue;
      best = { from, to, gap };
    }
  }
  return best;
}

/** Exchanges a large replica of the fullest broker (in bytes) for a small one of the emptiest, at most MAX_EXCHANGES times. */
function evenBytes(layout: Layout, targets: readonly number[]): void {
  const meanBytes = mean(targets.map((broker) => layout.bytesAt(broker)));
  const tolerance = Math.max(BYTE_TOLERANCE.bytes, meanBytes * BYTE_TOLERANCE.share);
  const bySize = new Map<number, Spot[]>();
  const sorted = (broker: number): Spot[] => {
    const known = bySize.get(broker) ?? spotsOn(layout, broker).sort(byBytes);
    bySize.set(broker, known);
    return known;
  };
  for (let round = 0; round < MAX_EXCHANGES; round += 1) {
    const from = extreme(targets, (broker) => -layout.bytesAt(broker));
    const to = extreme(targets, (broker) => layout.bytesAt(broker));
    const gap = layout.bytesAt(from) - layout.bytesAt(to);
    if (layout.bytesAt(from) - meanBytes <= tolerance && meanBytes - layout.bytesAt(to) <= tolerance) return;
    const found = bestExchange(layout, { from, to, gap }, sorted(from), sorted(to));
    if (found === null) return;
    layout.replace(found.large, from, to);
    layout.replace(found.small, to, from);
    exchangeIn(sorted(from), found.large, found.small);
    exchangeIn(sorted(to), found.small, found.large);
  }
}

function bestExchange(
  layout: Layout,
  { from, to, gap }: { from: number; to: number; gap: number },
  ofFrom: readonly Spot[],
  ofTo: readonly Spot[],
): { large: Spot; small: Spot } | null {
  let best: { large: Spot; small: Spot; closed: number } | null = null;
  const first = Math.max(0, ofFrom.length - EXCHANGE_CANDIDATES);
  for (let index = ofFrom.length - 1; index >= first; index -= 1) {
    const large = ofFrom[index];
    if (large === undefined || !layout.canMove(large, from, to)) continue;
    const near = lowerBound(ofTo, large.bytes - gap / 2);
    for (let place = near - EXCHANGE_NEIGHBOURS; place < near + EXCHANGE_NEIGHBOURS; place += 1) {
      const small = ofTo[place];
      if (small === undefined || !layout.canMove(small, to, from)) continue;
      const moved = large.bytes - small.bytes;
      const closed = gap - Math.abs(gap - 2 * moved);
      if (closed >= gap * MIN_GAIN && closed > (best?.closed ?? 0)) best = { large, small, closed };
    }
  }
  return best;
}

function exchangeIn(sorted: Spot[], gone: Spot, come: Spot): void {
  sorted.splice(sorted.indexOf(gone), 1);
  sorted.splice(lowerBound(sorted, come.bytes), 0, come);
}

function spotsOn(layout: Layout, broker: number): Spot[] {
  return layout.spots.filter((spot) => spot.replicas.includes(broker));
}

function byBytes(left: Spot, right: Spot): number {
  return left.bytes - right.bytes;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The first with the smallest rank. */
function extreme(values: readonly number[], rankOf: (value: number) => number): number {
  let best = values[0] ?? 0;
  for (const value of values) if (rankOf(value) < rankOf(best)) best = value;
  return best;
}

/** The first place whose bytes are not below `bytes`. */
function lowerBound(sorted: readonly Spot[], bytes: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.bytes ?? 0) < bytes) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Partitions of one broker by size, each given out once: the one nearest to a wanted size that is allowed. */
class SizeQueue {
  readonly #sorted: readonly Spot[];
  /** The next place at or above (below) that was not taken; shortened as it is walked. */
  readonly #above: number[];
  readonly #below: number[];

  constructor(spots: Spot[]) {
    this.#sorted = spots.sort(byBytes);
    this.#above = Array.from({ length: spots.length + 1 }, (_, index) => index);
    this.#below = Array.from({ length: spots.length + 1 }, (_, index) => index);
  }

  take(idealBytes: number, rankOf: (spot: Spot) => 0 | 1 | null): Spot | null {
    const start = lowerBound(this.#sorted, idealBytes);
    let high = follow(this.#above, start);
    let low = follow(this.#below, start);
    let second: number | null = null;
    let seen = 0;
    while (low > 0 || high < this.#sorted.length) {
      const isHigh =
        low === 0 || (high < this.#sorted.length && this.#gap(high, idealBytes) <= this.#gap(low - 1, idealBytes));
      const place = isHigh ? high : low - 1;
      const spot = this.#sorted[place];
      const rank = spot === undefined ? null : rankOf(spot);
      if (rank === 0) return this.#remove(place);
      if (rank === 1) second ??= place;
      seen += 1;
      if (seen >= LOOKED_AT && second !== null) break;
      if (isHigh) high = follow(this.#above, high + 1);
      else low = follow(this.#below, low - 1);
    }
    return second === null ? null : this.#remove(second);
  }

  #gap(place: number, idealBytes: number): number {
    return Math.abs((this.#sorted[place]?.bytes ?? 0) - idealBytes);
  }

  #remove(place: number): Spot | null {
    this.#above[place] = place + 1;
    this.#below[place + 1] = place;
    return this.#sorted[place] ?? null;
  }
}

/** Where a chain of skips ends, with the chain shortened on the way (union–find). */
function follow(next: number[], start: number): number {
  let end = start;
  while ((next[end] ?? end) !== end) end = next[end] ?? end;
  let place = start;
  while (place !== end) {
    const following = next[place] ?? end;
    next[place] = end;
    place = following;
  }
  return end;
}
