// What members of groups were told: 11 (what is read is contiguous and never changes), 12 (one owner per partition and generation, a
// generation has one leader, members of an older one may not commit), 13 (an acknowledged commit is never lost).
import { holds } from '../violation.ts';

interface Generation {
  readonly leaderId: string;
  readonly owners: Map<string, string>;
  /** When the first member had its assignment: from then on it is kept. */
  readonly knownMs: number;
}
interface Commit {
  readonly offset: number;
  readonly atMs: number;
}

export class Groups {
  readonly #generations = new Map<string, Map<number, Generation>>();
  readonly #commits = new Map<string, Commit[]>();
  /** Where the group is by the newest answer to anybody, by "group partition". */
  readonly #reached = new Map<string, number>();
  readonly #values = new Map<string, Map<number, string>>();

  synced(
    group: string,
    o: { generation: number; leaderId: string; memberId: string; partitions: readonly string[]; nowMs: number },
  ): void {
    const generations = this.#generations.get(group) ?? new Map<number, Generation>();
    this.#generations.set(group, generations);
    let known = generations.get(o.generation);
    if (known === undefined) {
      known = { leaderId: o.leaderId, owners: new Map(), knownMs: o.nowMs };
      generations.set(o.generation, known);
    }
    const { leaderId, owners } = known;
    const place = `generation ${o.generation} of ${group}`;
    holds(12, leaderId === o.leaderId, () => `${place} is led by ${leaderId} and by ${o.leaderId}`);
    for (const partition of o.partitions) {
      const owner = owners.get(partition) ?? o.memberId;
      holds(12, owner === o.memberId, () => `${place}: ${partition} belongs to ${owner} and to ${o.memberId}`);
      owners.set(partition, o.memberId);
    }
  }
  /** A commit sent at `sentMs` was acknowledged. */
  committed(
    group: string,
    o: { generation: number; memberId: string; partition: string; offset: number; sentMs: number; nowMs: number },
  ): void {
    for (const [generation, { knownMs }] of this.#generations.get(group) ?? []) {
      holds(
        12,
        generation <= o.generation || knownMs >= o.sentMs,
        () =>
          `${group}: ${o.memberId} of generation ${o.generation} committed ${o.partition} after generation ${generation} had begun`,
      );
    }
    const key = `${group} ${o.partition}`;
    const commits = this.#commits.get(key) ?? [];
    this.#commits.set(key, commits);
    commits.push({ offset: o.offset, atMs: o.nowMs });
    this.#reached.set(key, o.offset);
  }
  /** The offset that the newest answer told of, be it to a commit or to a question; −1 when there is none. */
  reachedOf(group: string, partition: string): number {
    return this.#reached.get(`${group} ${partition}`) ?? -1;
  }
  /** A question sent at `sentMs` was answered with `offset` (−1: none). */
  fetched(group: string, partition: string, o: { offset: number; sentMs: number }): void {
    const key = `${group} ${partition}`;
    this.#reached.set(key, o.offset);
    const known = this.#commits.get(key)?.findLast(({ atMs }) => atMs < o.sentMs);
    if (known === undefined) return;
    holds(
      13,
      o.offset >= known.offset,
      () => `${group}: ${partition} was committed at ${known.offset}, is at ${o.offset}`,
    );
  }
  /** A record as any consumer read it, where it wanted to go on at `position`. */
  read(reader: string, partition: string, o: { position: number; offset: number; value: string }): void {
    holds(
      11,
      o.offset === o.position,
      () => `${reader}: ${partition} goes on at ${o.offset} where ${o.position} was due`,
    );
    const values = this.#values.get(partition) ?? new Map<number, string>();
    this.#values.set(partition, values);
    const known = values.get(o.offset) ?? o.value;
    holds(11, known === o.value, () => `${reader}: ${partition} has ${o.value} at ${o.offset}, others read ${known}`);
    values.set(o.offset, o.value);
  }
}
