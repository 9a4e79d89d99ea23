// Evens the number of partitions that each broker leads by reordering replicas: the first is the preferred leader, and no byte
// moves. Chains of exchanges are followed, so the result is as even as the replicas allow. Called by plan.ts. Pure.
import type { Layout, Spot } from './layout.ts';

/** Who leads once preferred leaders are elected: the first replica that is up; null: none is. */
export function preferredOf(layout: Layout, replicas: readonly number[]): number | null {
  return replicas.find((broker) => layout.isUp(broker)) ?? null;
}

/** Reorders replicas of `spots` only; what the others lead counts. */
export function evenLeaders(layout: Layout, spots: readonly Spot[]): void {
  const count = layout.brokers.length;
  const leaders = leaderCounts(layout);
  /** Per pair (leader, follower): the partitions that could change hands. */
  const between = new Map<number, Set<Spot>>();
  const enter = (spot: Spot, isIn: boolean) => {
    const leader = preferredOf(layout, spot.replicas);
    if (leader === null) return;
    for (const other of spot.replicas) {
      if (other === leader || !layout.isUp(other)) continue;
      const key = leader * count + other;
      const place = between.get(key) ?? new Set();
      between.set(key, place);
      if (isIn) place.add(spot);
      else place.delete(spot);
    }
  };
  for (const spot of spots) enter(spot, true);
  const targets = layout.targets();
  for (let round = 0; round < spots.length * 2; round += 1) {
    const path = pathDown(targets, leaders, (from, to) => (between.get(from * count + to)?.size ?? 0) > 0);
    if (path === null) return;
    for (let step = 0; step + 1 < path.length; step += 1) {
      const [from, to] = [path[step] ?? 0, path[step + 1] ?? 0];
      const [spot] = between.get(from * count + to) ?? [];
      if (spot === undefined) return;
      enter(spot, false);
      spot.replicas = [to, ...spot.replicas.filter((broker) => broker !== to)];
      enter(spot, true);
      leaders[from] = (leaders[from] ?? 0) - 1;
      leaders[to] = (leaders[to] ?? 0) + 1;
    }
  }
}

function leaderCounts(layout: Layout): number[] {
  const leaders = layout.brokers.map(() => 0);
  for (const { replicas } of layout.spots) {
    const leader = preferredOf(layout, replicas);
    if (leader !== null) leaders[leader] = (leaders[leader] ?? 0) + 1;
  }
  return leaders;
}

/** The shortest way from a broker with many to one with at least two fewer, starting at those that lead most. */
function pathDown(
  targets: readonly number[],
  leaders: readonly number[],
  canPass: (from: number, to: number) => boolean,
): number[] | null {
  const least = Math.min(...targets.map((broker) => leaders[broker] ?? 0));
  const starts = targets
    .filter((broker) => (leaders[broker] ?? 0) >= least + 2)
    .sort((left, right) => (leaders[right] ?? 0) - (leaders[left] ?? 0) || left - right);
  for (const start of starts) {
    const cameFrom = new Map<number, number>([[start, -1]]);
    const queue = [start];
    for (const from of queue) {
      for (const to of targets) {
        if (cameFrom.has(to) || !canPass(from, to)) continue;
        cameFrom.set(to, from);
        if ((leaders[to] ?? 0) <= (leaders[start] ?? 0) - 2) return traced(cameFrom, to);
        queue.push(to);
      }
    }
  }
  return null;
}

function traced(cameFrom: ReadonlyMap<number, number>, end: number): number[] {
  const path: number[] = [];
  for (let at = end; at !== -1; at = cameFrom.get(at) ?? -1) path.unshift(at);
  return path;
}
