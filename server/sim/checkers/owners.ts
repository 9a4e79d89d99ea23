// Who owns what in groups whose coordinator assigns (KIP-848), by what members were told (invariant 12): nobody is given a partition
// while another one still has it, and is alive: it has neither said that it let go nor been silent for its session.
import { holds } from './violation.ts';

interface Owner {
  readonly partitions: Set<string>;
  /** When the last heartbeat that was answered well was sent. */
  heardMs: number;
}

export class Owners {
  readonly #groups = new Map<string, Map<string, Owner>>();
  /** Assignments with something new in them. */
  assigned = 0;

  /** An answer to the heartbeat of `sentMs` came: `memberId` has `partitions` from now on. */
  owns(
    group: string,
    memberId: string,
    o: { partitions: readonly string[]; sentMs: number; nowMs: number; sessionMs: number },
  ): void {
    const members = this.#groups.get(group) ?? new Map<string, Owner>();
    this.#groups.set(group, members);
    const own = members.get(memberId) ?? { partitions: new Set<string>(), heardMs: 0 };
    members.set(memberId, own);
    own.heardMs = o.sentMs;
    for (const partition of o.partitions) {
      if (own.partitions.has(partition)) continue;
      this.assigned++;
      for (const [otherId, other] of members) {
        const isFree = otherId === memberId || !other.partitions.has(partition);
        const isGone = o.nowMs - other.heardMs >= o.sessionMs;
        holds(12, isFree || isGone, () => `${group}: ${partition} is given to ${memberId}; ${otherId} still has it`);
      }
      own.partitions.add(partition);
    }
  }
  /** It is about to say that this is all it has. */
  keeps(group: string, memberId: string, partitions: readonly string[]): void {
    const own = this.#groups.get(group)?.get(memberId);
    if (own === undefined) return;
    for (const partition of [...own.partitions]) if (!partitions.includes(partition)) own.partitions.delete(partition);
  }
  /** It has nothing any more: it leaves, or was told that it is out. */
  lost(group: string, memberId: string): void {
    this.#groups.get(group)?.delete(memberId);
  }
}
