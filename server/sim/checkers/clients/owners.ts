// Who owns what in groups whose coordinator assigns (KIP-848), by what members were told (invariant 12): nobody is given a partition
// while another one still has it, and is alive: it has neither said that it let go nor been silent for its session, nor kept for its
// rebalance time-out something that it may have been asked to let go of, which puts it out of the group. What a broker
// answers that is no coordinator any more (it may not know) keeps nobody alive with the one that is. Answers wait until what they say
// is committed, sessions do not: who is answered after a whole session may be out already, as in Kafka.
import { partitionFor } from '../../../engine/coordinator/hash.ts';
import { holds } from '../violation.ts';

interface Owner {
  /** When each was given, as `#trueMs` has it. */
  readonly partitions: Map<string, number>;
  /** When it sent the newest heartbeat whose answer called the partition its own. */
  readonly confirmedMs: Map<string, number>;
  /** When the coordinator of that time last heard of it, at the earliest. */
  heardMs: number;
}
interface Reign {
  readonly leader: number;
  readonly sinceMs: number;
}

export interface Heartbeat {
  readonly partitions: readonly string[];
  readonly target: readonly string[];
  readonly by: number;
  readonly sentMs: number;
  readonly nowMs: number;
  readonly sessionMs: number;
  readonly rebalanceMs: number;
}

export class Owners {
  readonly #offsetsPartitions: number;
  readonly #groups = new Map<string, Map<string, Owner>>();
  readonly #reigns = new Map<number, Reign[]>();
  /** Assignments with something new in them. */
  assigned = 0;

  /** `offsetsPartitions`: how many __consumer_offsets has. */
  constructor(offsetsPartitions: number) {
    this.#offsetsPartitions = offsetsPartitions;
  }

  /** By the metadata `leader` (−1: nobody) leads that partition of __consumer_offsets from now on. */
  led(partition: number, leader: number, nowMs: number): void {
    const reigns = this.#reigns.get(partition) ?? [];
    this.#reigns.set(partition, reigns);
    if (reigns.at(-1)?.leader !== leader) reigns.push({ leader, sinceMs: nowMs });
  }
  /**
   * An answer of broker `by` to the heartbeat of `sentMs` came: `memberId` has `partitions` from now on, and is to have `target`.
   * `sessionMs` and `rebalanceMs` are the same for all members.
   */
  owns(group: string, memberId: string, o: Heartbeat): void {
    const members = this.#groups.get(group) ?? new Map<string, Owner>();
    this.#groups.set(group, members);
    const own = members.get(memberId) ?? { partitions: new Map(), confirmedMs: new Map(), heardMs: 0 };
    members.set(memberId, own);
    const trueMs = this.#trueMs(group, o.by, o.sentMs);
    const isOut = o.nowMs - o.sentMs >= o.sessionMs;
    own.heardMs = Math.max(own.heardMs, trueMs);
    for (const partition of o.target) own.confirmedMs.set(partition, o.sentMs);
    for (const partition of o.partitions) {
      if (own.partitions.has(partition)) continue;
      this.assigned++;
      for (const [otherId, other] of members) {
        const givenMs = other.partitions.get(partition);
        const isFree = otherId === memberId || givenMs === undefined;
        const isGone = o.nowMs - other.heardMs >= o.sessionMs || isOverdue(other, o.nowMs - o.rebalanceMs);
        // Who is no coordinator any more cannot know what the next one gave; what it gave itself it must know.
        const isUnheard = trueMs < o.sentMs && givenMs !== undefined && givenMs > trueMs;
        holds(
          12,
          isFree || isGone || isUnheard || isOut,
          () => `${group}: ${partition} is given to ${memberId} by broker ${o.by}; ${otherId} still has it`,
        );
      }
      own.partitions.set(partition, trueMs);
    }
  }
  /** `sentMs` when `by` was the coordinator then, else when it ceased to be: what it says is as old as that. */
  #trueMs(group: string, by: number, sentMs: number): number {
    const reigns = this.#reigns.get(partitionFor(group, this.#offsetsPartitions)) ?? [];
    const known = reigns.filter(({ sinceMs }) => sinceMs <= sentMs);
    const at = known.findLastIndex(({ leader }) => leader === by);
    if (at === -1) return 0;
    return known[at + 1]?.sinceMs ?? sentMs;
  }
  /** It is about to say that this is all it has. */
  keeps(group: string, memberId: string, partitions: readonly string[]): void {
    const own = this.#groups.get(group)?.get(memberId);
    if (own === undefined) return;
    for (const partition of [...own.partitions.keys()])
      if (!partitions.includes(partition)) own.partitions.delete(partition);
  }
  /** It has nothing any more: it leaves, or was told that it is out. */
  lost(group: string, memberId: string): void {
    this.#groups.get(group)?.delete(memberId);
  }
}

/** Has something that was last called its own at `latestMs` or before. */
function isOverdue({ partitions, confirmedMs }: Owner, latestMs: number): boolean {
  return [...partitions].some(([partition, givenMs]) => (confirmedMs.get(partition) ?? givenMs) <= latestMs);
}
