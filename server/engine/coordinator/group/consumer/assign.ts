// The server's assignors: which member is to have which partition. Pure functions from who subscribes to what, and what each had
// before, to everyone's target. `uniform` moves as little as it can; `range` gives each member neighbouring partitions of every
// topic. Neither looks at racks, as in Kafka 4. Called by advance.ts. Semantics: Kafka's UniformAssignor and RangeAssignor.
import type { Assignment } from './partitions.ts';

export interface Subscriber {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** Ids of topics that exist. */
  readonly topicIds: ReadonlySet<string>;
  /** The target so far. */
  readonly previous: Assignment;
}
export interface AssignmentTask {
  readonly subscribers: readonly Subscriber[];
  partitionsOf(topicId: string): number;
}
export type Assignor = (task: AssignmentTask) => Map<string, Assignment>;

type Open = Map<string, Set<number>>;

/** By Kafka's names; the first is the default. */
export const ASSIGNORS: ReadonlyMap<string, Assignor> = new Map([
  ['uniform', assignUniformly],
  ['range', assignRanges],
]);

/** Static members keep their place in the order under any member id. */
function inOrder(subscribers: readonly Subscriber[]): Subscriber[] {
  const keyOf = ({ instanceId, memberId }: Subscriber) => (instanceId === null ? `1 ${memberId}` : `0 ${instanceId}`);
  return [...subscribers].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

function allTopics(subscribers: readonly Subscriber[]): string[] {
  const topicIds = new Set<string>();
  for (const subscriber of subscribers) for (const topicId of subscriber.topicIds) topicIds.add(topicId);
  return [...topicIds].sort();
}

function add(assignment: Open, topicId: string, partition: number): void {
  const partitions = assignment.get(topicId);
  if (partitions === undefined) assignment.set(topicId, new Set([partition]));
  else partitions.add(partition);
}

// --------------------------------------------------------------------------------------------------------------- range

function assignRanges({ subscribers, partitionsOf }: AssignmentTask): Map<string, Assignment> {
  const members = inOrder(subscribers);
  const targets = new Map<string, Open>(members.map(({ memberId }) => [memberId, new Map()]));
  for (const topicId of allTopics(members)) {
    const takers = members.filter(({ topicIds }) => topicIds.has(topicId));
    const count = partitionsOf(topicId);
    const least = Math.floor(count / takers.length);
    const withOneMore = count % takers.length;
    let next = 0;
    takers.forEach(({ memberId }, i) => {
      const end = next + least + (i < withOneMore ? 1 : 0);
      for (; next < end; next++) add(targets.get(memberId) ?? new Map(), topicId, next);
    });
  }
  return targets;
}

// ------------------------------------------------------------------------------------------------------------- uniform

class Load {
  readonly subscriber: Subscriber;
  readonly target: Open = new Map();
  size = 0;
  constructor(subscriber: Subscriber) {
    this.subscriber = subscriber;
  }
  give(topicId: string, partition: number): void {
    add(this.target, topicId, partition);
    this.size++;
  }
  take(topicId: string, partition: number): void {
    this.target.get(topicId)?.delete(partition);
    this.size--;
  }
}

interface Free {
  readonly topicId: string;
  readonly partition: number;
}

/** Rounds of moving from the loaded to the idle, when members subscribe to different topics. */
const MAX_ROUNDS = 100;

function assignUniformly({ subscribers, partitionsOf }: AssignmentTask): Map<string, Assignment> {
  const loads = inOrder(subscribers).map((subscriber) => new Load(subscriber));
  const topicIds = allTopics(subscribers);
  const isHomogeneous = subscribers.every((one) => one.topicIds.size === topicIds.length);
  let total = 0;
  for (const topicId of topicIds) total += partitionsOf(topicId);
  const least = isHomogeneous && loads.length > 0 ? Math.floor(total / loads.length) : Number.POSITIVE_INFINITY;
  const withOneMore = isHomogeneous && loads.length > 0 ? total % loads.length : 0;
  const free = keepPrevious(loads, topicIds, { partitionsOf, least, withOneMore });
  if (isHomogeneous) fill(loads, free, least, withOneMore);
  else spread(loads, free);
  return new Map(loads.map(({ subscriber, target }) => [subscriber.memberId, target]));
}

/** Everyone keeps what it had, up to its share; the rest is free. */
function keepPrevious(
  loads: readonly Load[],
  topicIds: readonly string[],
  o: { partitionsOf(topicId: string): number; least: number; withOneMore: number },
): Free[] {
  const kept = new Set<string>();
  let more = o.withOneMore;
  for (const load of loads) {
    const { topicIds: wanted, previous } = load.subscriber;
    let room = o.least;
    for (const topicId of topicIds) {
      if (!wanted.has(topicId)) continue;
      const count = o.partitionsOf(topicId);
      for (const partition of [...(previous.get(topicId) ?? [])].sort((a, b) => a - b)) {
        if (partition >= count || kept.has(`${topicId}:${partition}`)) continue;
        if (load.size >= room) {
          if (more === 0 || room > o.least) continue;
          more--;
          room++;
        }
        kept.add(`${topicId}:${partition}`);
        load.give(topicId, partition);
      }
    }
  }
  const free: Free[] = [];
  for (const topicId of topicIds) {
    for (let partition = 0; partition < o.partitionsOf(topicId); partition++) {
      if (!kept.has(`${topicId}:${partition}`)) free.push({ topicId, partition });
    }
  }
  return free;
}

/** All subscribe to the same: everyone gets its share, a few one more. */
function fill(loads: readonly Load[], free: readonly Free[], least: number, withOneMore: number): void {
  let more = withOneMore - loads.filter(({ size }) => size > least).length;
  let next = 0;
  for (const load of loads) {
    let share = least;
    if (load.size <= least && more > 0 && next < free.length) {
      share++;
      more--;
    }
    for (; load.size < share && next < free.length; next++) {
      const one = free[next];
      if (one !== undefined) load.give(one.topicId, one.partition);
    }
  }
}

/** Members subscribe to different topics: to the least loaded that may have it, then from the loaded to the idle. */
function spread(loads: readonly Load[], free: readonly Free[]): void {
  const takersOf = new Map<string, Load[]>();
  for (const load of loads) {
    for (const topicId of load.subscriber.topicIds) {
      const takers = takersOf.get(topicId);
      if (takers === undefined) takersOf.set(topicId, [load]);
      else takers.push(load);
    }
  }
  const idlest = (topicId: string): Load | undefined => {
    let found: Load | undefined;
    for (const load of takersOf.get(topicId) ?? []) if (found === undefined || load.size < found.size) found = load;
    return found;
  };
  for (const { topicId, partition } of free) idlest(topicId)?.give(topicId, partition);
  for (let round = 0, moved = true; moved && round < MAX_ROUNDS; round++) {
    moved = false;
    for (const load of [...loads].sort((a, b) => b.size - a.size)) {
      for (const [topicId, partitions] of load.target) {
        for (const partition of [...partitions]) {
          const taker = idlest(topicId);
          if (taker === undefined || taker.size + 1 >= load.size) break;
          load.take(topicId, partition);
          taker.give(topicId, partition);
          moved = true;
        }
      }
    }
  }
}
