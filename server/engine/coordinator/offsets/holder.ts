// What positions depend on of the group that has them, the same questions for both protocols. Asked by expire.ts and delete.ts.
// Semantics: the Group interface of Kafka's coordinator, as ClassicGroup and ConsumerGroup answer it.
import type { ClassicGroup } from '../group/classic/group.ts';
import { CONSUMER_PROTOCOL_TYPE, isSubscribedTo, subscribedTopics } from '../group/classic/group.ts';
import type { ConsumerGroup } from '../group/consumer/group.ts';
import { subscribedNames } from '../group/consumer/group.ts';
import { tombstones } from '../group/consumer/migrate.ts';
import type { CoordinatorRecord } from '../records.ts';
import type { CommittedOffset } from './committed-offset.ts';

export type AnyGroup = ClassicGroup | ConsumerGroup;

export interface Holder {
  readonly groupId: string;
  readonly hasMembers: boolean;
  /** Nobody is about to join either: it may be forgotten once it holds nothing. */
  readonly isIdle: boolean;
  /** Its members' subscriptions are of a kind that cannot be read. */
  readonly isOpaque: boolean;
  /** Whether a member subscribes to the topic. Reads all subscriptions once. */
  subscription(): (topic: string) => boolean;
  /** From when retention counts, or null when nothing expires now. */
  retentionBase(): ((committed: CommittedOffset) => number) | null;
  /** The records that end the group. */
  end(): readonly CoordinatorRecord[];
}

export function holderOf(group: AnyGroup): Holder {
  return 'kind' in group ? consumerHolder(group) : classicHolder(group);
}

const sinceCommit = (committed: CommittedOffset): number => committed.commitTimestampMs;

function consumerHolder(group: ConsumerGroup): Holder {
  const hasMembers = group.members.size > 0;
  return {
    groupId: group.groupId,
    hasMembers,
    isIdle: !hasMembers,
    isOpaque: false,
    subscription: () => {
      const names = subscribedNames(group);
      return (topic) => names.has(topic);
    },
    retentionBase: () => sinceCommit,
    end: () => tombstones(group),
  };
}

function classicHolder(group: ClassicGroup): Holder {
  const { groupId } = group;
  const hasMembers = group.state !== 'Empty';
  return {
    groupId,
    hasMembers,
    isIdle: !hasMembers && group.pendingIds.size === 0,
    isOpaque: group.protocolType !== CONSUMER_PROTOCOL_TYPE,
    subscription: () => {
      const topics = subscribedTopics(group);
      return (topic) => isSubscribedTo(group, topics, topic);
    },
    retentionBase: () => classicRetentionBase(group),
    end: () => [{ kind: 'group', groupId, metadata: null }],
  };
}

/** The end of the group's last member, or the commit (ClassicGroup.offsetExpirationCondition, KIP-211). */
function classicRetentionBase(group: ClassicGroup): ((committed: CommittedOffset) => number) | null {
  if (group.protocolType === null) return sinceCommit;
  if (group.state === 'Empty') {
    return group.stateTimestampMs < 0 ? sinceCommit : () => group.stateTimestampMs;
  }
  const isAware = group.protocolType === CONSUMER_PROTOCOL_TYPE && subscribedTopics(group) !== null;
  return group.state === 'Stable' && isAware ? sinceCommit : null;
}
