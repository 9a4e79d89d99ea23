// Sets of partitions by topic id: assignments, targets, what is to be given back. Immutable values. Used by every verb of consumer
// groups; knows no member.

export type Assignment = ReadonlyMap<string, ReadonlySet<number>>;

export interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}

export const NO_PARTITIONS: Assignment = new Map();

export function toAssignment(list: readonly TopicPartitions[]): Assignment {
  const assignment = new Map<string, Set<number>>();
  for (const { topicId, partitions } of list) {
    const own = assignment.get(topicId) ?? new Set<number>();
    for (const partition of partitions) own.add(partition);
    if (own.size > 0) assignment.set(topicId, own);
  }
  return assignment;
}

/** Topics and partitions in order, so that equal assignments have equal bytes. */
export function toTopicPartitions(assignment: Assignment): TopicPartitions[] {
  return [...assignment]
    .filter(([, partitions]) => partitions.size > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([topicId, partitions]) => ({ topicId, partitions: [...partitions].sort((a, b) => a - b) }));
}

export function countPartitions(assignment: Assignment): number {
  let count = 0;
  for (const partitions of assignment.values()) count += partitions.size;
  return count;
}

export function areEqual(a: Assignment, b: Assignment): boolean {
  return countPartitions(a) === countPartitions(b) && isSubset(a, b);
}

export function isSubset(part: Assignment, whole: Assignment): boolean {
  for (const [topicId, partitions] of part) {
    const all = whole.get(topicId);
    for (const partition of partitions) if (all?.has(partition) !== true) return false;
  }
  return true;
}

export function isDisjoint(a: Assignment, b: Assignment): boolean {
  for (const [topicId, partitions] of a) {
    const others = b.get(topicId);
    if (others !== undefined) for (const partition of partitions) if (others.has(partition)) return false;
  }
  return true;
}

/** Those partitions for which `isKept` holds. */
export function select(assignment: Assignment, isKept: (topicId: string, partition: number) => boolean): Assignment {
  const kept = new Map<string, Set<number>>();
  for (const [topicId, partitions] of assignment) {
    const own = new Set<number>();
    for (const partition of partitions) if (isKept(topicId, partition)) own.add(partition);
    if (own.size > 0) kept.set(topicId, own);
  }
  return kept;
}

export function union(a: Assignment, b: Assignment): Assignment {
  const all = new Map<string, Set<number>>();
  for (const assignment of [a, b]) {
    for (const [topicId, partitions] of assignment) {
      const own = all.get(topicId) ?? new Set<number>();
      for (const partition of partitions) own.add(partition);
      all.set(topicId, own);
    }
  }
  return all;
}

export function partitionKey(topicId: string, partition: number): string {
  return `${topicId}:${partition}`;
}
