// One step of a member towards its target: first it gives back what it is to lose, then it moves to the target's epoch and takes
// what others have given back. Pure; called with each heartbeat. Semantics: KIP-848, Kafka's CurrentAssignmentBuilder.
import type { ConsumerMember } from './group.ts';
import { MemberState } from './group.ts';
import type { Assignment } from './partitions.ts';
import { isDisjoint, NO_PARTITIONS, select, union } from './partitions.ts';

export interface Target {
  readonly epoch: number;
  readonly assignment: Assignment;
  /** What the member says it has; null when it says nothing. */
  readonly owned: Assignment | null;
  /** Whether someone has the partition, or has yet to give it back. */
  readonly isTaken: (topicId: string, partition: number) => boolean;
}

/** The member itself when nothing changes. */
export function reconcile(member: ConsumerMember, target: Target): ConsumerMember {
  switch (member.state) {
    case MemberState.stable:
      return member.epoch === target.epoch ? member : step(member, target, member.epoch);
    case MemberState.unrevoked:
      // It stays in its epoch until it no longer reports what was taken from it.
      if (mayOwn(target.owned, member.pendingRevocation)) return member;
      return step(member, target, member.epoch + 1);
    default:
      return step(member, target, member.epoch);
  }
}

function mayOwn(owned: Assignment | null, partitions: Assignment): boolean {
  return owned === null || !isDisjoint(owned, partitions);
}

function step(member: ConsumerMember, target: Target, epoch: number): ConsumerMember {
  const { assignment, isTaken, owned } = target;
  const kept = select(member.assigned, (topicId, partition) => assignment.get(topicId)?.has(partition) === true);
  const revoked = select(member.assigned, (topicId, partition) => kept.get(topicId)?.has(partition) !== true);
  if (revoked.size > 0 && mayOwn(owned, revoked)) {
    return moved(member, { epoch, state: MemberState.unrevoked, assigned: kept, pendingRevocation: revoked });
  }
  const wanted = select(assignment, (topicId, partition) => kept.get(topicId)?.has(partition) !== true);
  // What this member itself has just given back is not taken.
  const isFree = (topicId: string, partition: number): boolean =>
    !isTaken(topicId, partition) ||
    revoked.get(topicId)?.has(partition) === true ||
    member.pendingRevocation.get(topicId)?.has(partition) === true;
  const free = select(wanted, isFree);
  const waits = select(wanted, (topicId, partition) => !isFree(topicId, partition)).size > 0;
  return moved(member, {
    epoch: target.epoch,
    state: waits ? MemberState.unreleased : MemberState.stable,
    assigned: union(kept, free),
    pendingRevocation: NO_PARTITIONS,
  });
}

function moved(
  member: ConsumerMember,
  to: Pick<ConsumerMember, 'epoch' | 'state' | 'assigned' | 'pendingRevocation'>,
): ConsumerMember {
  return { ...member, ...to, previousEpoch: member.epoch };
}
