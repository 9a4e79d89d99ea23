// Which topics and how many of their partitions the map draws. Pure. Called by view.ts: a map shows little and says what it leaves
// out, whatever the size of the cluster.

export interface Candidate {
  readonly name: string;
  readonly isInternal: boolean;
  readonly partitions: number;
  readonly recordsPerSecond: number | null;
}
export interface Drawn {
  readonly name: string;
  /** Partitions 0 to drawn − 1. */
  readonly drawn: number;
}

/** What was drawn without a choice, in its order, and when it had traffic last (0: never). */
export interface Standing {
  readonly name: string;
  readonly busyAtMs: number;
}

/** Without a choice so few are drawn that each is seen well. */
const UNCHOSEN_TOPICS = 4;
/** A topic keeps its place, its letter and its hue this long after its last traffic. */
const KEEPS_MS = 60_000;

/** Chosen topics in their order, those that do not exist left out, with as many partitions as there is room for. */
export function chooseTopics(
  all: Iterable<Candidate>,
  chosen: readonly string[],
  limits: { readonly topics: number; readonly partitions: number },
): readonly Drawn[] {
  const byName = new Map([...all].map((candidate) => [candidate.name, candidate]));
  const kept = [...new Set(chosen)].flatMap((name) => byName.get(name) ?? []).slice(0, limits.topics);
  const shares = shareOut(
    kept.map(({ partitions }) => partitions),
    limits.partitions,
  );
  return kept.map(({ name }, index) => ({ name, drawn: shares[index] ?? 0 }));
}

/**
 * Without a choice: those with most traffic, then those with most partitions, then by name, internal ones only when there is no other.
 * Who stands stays where it is, unless it has been idle for a minute and a busier topic wants the place.
 */
export function standingTopics(
  before: readonly Standing[],
  all: Iterable<Candidate>,
  nowMs: number,
): readonly Standing[] {
  const known = new Set(before.map(({ name }) => name));
  const standing = new Map<string, Candidate>();
  const best = busiest(seen(all, known, standing), UNCHOSEN_TOPICS);
  const isInternal = best.every((candidate) => candidate.isInternal);
  const rated = ({ name, recordsPerSecond }: Candidate, busyAtMs: number): Standing => {
    return { name, busyAtMs: (recordsPerSecond ?? 0) > 0 ? nowMs : busyAtMs };
  };
  const next = before.flatMap(({ name, busyAtMs }) => {
    const candidate = standing.get(name);
    return candidate === undefined || (candidate.isInternal && !isInternal) ? [] : [rated(candidate, busyAtMs)];
  });
  for (const candidate of best) {
    if (next.some(({ name }) => name === candidate.name)) continue;
    if (next.length < UNCHOSEN_TOPICS) next.push(rated(candidate, 0));
    else if ((candidate.recordsPerSecond ?? 0) > 0) {
      const idle = next.findIndex(({ name, busyAtMs }) => {
        return nowMs - busyAtMs > KEEPS_MS && !best.some((each) => each.name === name);
      });
      if (idle >= 0) next[idle] = rated(candidate, 0);
    }
  }
  return next;
}

/** Passes everything on and notes what is known by name. */
function* seen(
  all: Iterable<Candidate>,
  known: ReadonlySet<string>,
  standing: Map<string, Candidate>,
): Generator<Candidate> {
  for (const candidate of all) {
    if (known.has(candidate.name)) standing.set(candidate.name, candidate);
    yield candidate;
  }
}

/** One pass with a short list: a cluster may have ten thousand topics. */
function busiest(all: Iterable<Candidate>, count: number): readonly Candidate[] {
  const best: Candidate[] = [];
  for (const candidate of all) {
    const last = best[count - 1];
    if (last !== undefined && compare(candidate, last) >= 0) continue;
    const at = best.findIndex((other) => compare(candidate, other) < 0);
    best.splice(at < 0 ? best.length : at, 0, candidate);
    best.length = Math.min(best.length, count);
  }
  const own = best.filter(({ isInternal }) => !isInternal);
  return own.length > 0 ? own : best;
}

function compare(left: Candidate, right: Candidate): number {
  if (left.isInternal !== right.isInternal) return left.isInternal ? 1 : -1;
  const rates = (right.recordsPerSecond ?? 0) - (left.recordsPerSecond ?? 0);
  if (rates !== 0) return rates;
  if (left.partitions !== right.partitions) return right.partitions - left.partitions;
  return left.name < right.name ? -1 : left.name > right.name ? 1 : 0;
}

/** Shares `budget` out so that small demands are met whole and large ones get equal parts; never more than is asked for. */
export function shareOut(demands: readonly number[], budget: number): readonly number[] {
  const shares = demands.map(() => 0);
  const bySize = demands.map((_, index) => index).sort((left, right) => (demands[left] ?? 0) - (demands[right] ?? 0));
  let left = budget;
  bySize.forEach((index, place) => {
    const share = Math.min(demands[index] ?? 0, Math.floor(left / (bySize.length - place)));
    shares[index] = share;
    left -= share;
  });
  return shares;
}
