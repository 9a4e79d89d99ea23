// The one writer of consumer groups: what each record changes, at load and while running alike. Called by state.ts. Tombstones of
// what is not there change nothing: compaction may have removed what they end.
import type { ConsumerGroup, ConsumerMember, Possession } from './group.ts';
import { newConsumerGroup, newMember } from './group.ts';
import { NO_PARTITIONS, partitionKey } from './partitions.ts';
import type { ConsumerRecord } from './records.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] extends ReadonlyMap<infer A, infer B> ? Map<A, B> : T[K] };
type OpenGroup = Writable<ConsumerGroup>;

/** Groups as state.ts keeps them. A group is gone when its epoch's tombstone comes. */
export function replayConsumer(groups: Map<string, ConsumerGroup>, record: ConsumerRecord): void {
  if (record.kind === 'consumerGroup' && record.value === null) {
    groups.delete(record.groupId);
    return;
  }
  let group = groups.get(record.groupId) as OpenGroup | undefined;
  if (group === undefined) {
    if (record.value === null) return;
    group = newConsumerGroup(record.groupId) as OpenGroup;
    groups.set(record.groupId, group);
  }
  change(group, record);
}

/** A copy that a verb may replay its records on. */
export function copyGroup(group: ConsumerGroup): ConsumerGroup {
  return {
    ...group,
    members: new Map(group.members),
    staticMembers: new Map(group.staticMembers),
    targets: new Map(group.targets),
    regexes: new Map(group.regexes),
    owners: new Map(group.owners),
  };
}

/** What one record changes in a group that is there. */
export function replayOn(group: ConsumerGroup, record: ConsumerRecord): void {
  change(group as OpenGroup, record);
}

function change(group: OpenGroup, record: ConsumerRecord): void {
  switch (record.kind) {
    case 'consumerGroup':
      group.epoch = record.value?.epoch ?? 0;
      group.metadataHash = record.value?.metadataHash ?? 0;
      return;
    case 'consumerTargetEpoch':
      group.assignmentEpoch = record.value ?? -1;
      return;
    case 'consumerTarget':
      if (record.value === null) group.targets.delete(record.memberId);
      else group.targets.set(record.memberId, record.value);
      return;
    case 'consumerRegex':
      if (record.value === null) group.regexes.delete(record.regex);
      else group.regexes.set(record.regex, record.value);
      return;
    case 'consumerMember':
      if (record.value === null) removeMember(group, record.memberId);
      else putMember(group, { ...memberOf(group, record.memberId), ...record.value });
      return;
    case 'consumerCurrent':
      if (record.value !== null) putMember(group, { ...memberOf(group, record.memberId), ...record.value });
      else if (group.members.has(record.memberId)) {
        putMember(group, { ...memberOf(group, record.memberId), ...nothing });
      }
  }
}

const nothing: Possession = {
  epoch: -1,
  previousEpoch: -1,
  state: 0,
  assigned: NO_PARTITIONS,
  pendingRevocation: NO_PARTITIONS,
};

function memberOf(group: OpenGroup, memberId: string): ConsumerMember {
  return group.members.get(memberId) ?? newMember(memberId);
}

function putMember(group: OpenGroup, member: ConsumerMember): void {
  const old = group.members.get(member.memberId);
  if (old !== undefined) disown(group, old);
  group.members.set(member.memberId, member);
  for (const assignment of [member.assigned, member.pendingRevocation]) {
    for (const [topicId, partitions] of assignment) {
      for (const partition of partitions) {
        group.owners.set(partitionKey(topicId, partition), member.memberId);
      }
    }
  }
  if (old !== undefined && old.instanceId !== null && old.instanceId !== member.instanceId) freeInstance(group, old);
  if (member.instanceId !== null) group.staticMembers.set(member.instanceId, member.memberId);
}

function removeMember(group: OpenGroup, memberId: string): void {
  const member = group.members.get(memberId);
  if (member === undefined) return;
  disown(group, member);
  group.members.delete(memberId);
  freeInstance(group, member);
}

function freeInstance(group: OpenGroup, { instanceId, memberId }: ConsumerMember): void {
  if (instanceId !== null && group.staticMembers.get(instanceId) === memberId) group.staticMembers.delete(instanceId);
}

function disown(group: OpenGroup, member: ConsumerMember): void {
  for (const assignment of [member.assigned, member.pendingRevocation]) {
    for (const [topicId, partitions] of assignment) {
      for (const partition of partitions) {
        const key = partitionKey(topicId, partition);
        if (group.owners.get(key) === member.memberId) group.owners.delete(key);
      }
    }
  }
}
