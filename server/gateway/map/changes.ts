// What changed between two readings of the cluster, as the sentences of the map's log. Pure. Called by history.ts.
import type { MapEvent } from '../../live/contract.ts';

export interface Seen {
  readonly upBrokers: ReadonlySet<number>;
  readonly knownBrokers: ReadonlySet<number>;
  readonly topics: ReadonlyMap<string, SeenTopic>;
}
export interface SeenTopic {
  readonly topicId: string | null;
  readonly partitions: readonly SeenPartition[];
}
export interface SeenPartition {
  readonly leader: number | null;
  readonly inSyncReplicas: readonly number[];
}
export interface SeenGroup {
  readonly groupId: string;
  readonly state: string;
  /** Member id → what it reads, as "orders-0". */
  readonly members: ReadonlyMap<string, readonly string[]>;
}

export type Change = Pick<MapEvent, 'kind' | 'level' | 'sentence'>;
export interface Changes {
  readonly events: readonly Change[];
  /** Replicas that left those in sync and that joined them, as replicaKey(). */
  readonly left: readonly string[];
  readonly joined: readonly string[];
}

const NAMED = 3;

export const replicaKey = (topic: string, partition: number, broker: number): string =>
  `${partition}/${broker}/${topic}`;

/** Brokers first, then leaders, then replicas, then topics; what befell several partitions alike is one event. */
export function changesBetween(before: Seen, after: Seen): Changes {
  const moves = new Moves();
  const events: Change[] = [...brokerChanges(before, after)];
  const topics: Change[] = [];
  for (const [name, topic] of after.topics) {
    const was = before.topics.get(name);
    if (was === undefined || was.topicId !== topic.topicId) {
      topics.push({ kind: 'topic', level: 'notice', sentence: `Topic ${name} was created.` });
      continue;
    }
    // Unchanged objects are shared between readings only when nothing was read anew, so each partition is compared.
    topic.partitions.forEach((now, partition) => {
      const old = was.partitions[partition];
      if (old !== undefined) moves.compare(name, partition, old, now);
    });
    const added = topic.partitions.length - was.partitions.length;
    if (added > 0)
      topics.push({ kind: 'topic', level: 'notice', sentence: `Topic ${name} has ${count(added, 'more partition')}.` });
  }
  for (const name of before.topics.keys()) {
    if (!after.topics.has(name)) topics.push({ kind: 'topic', level: 'warn', sentence: `Topic ${name} was deleted.` });
  }
  events.push(...moves.events(), ...(topics.length > NAMED ? [manyTopics(topics.length)] : topics));
  return { events, left: moves.left, joined: moves.joined };
}

function manyTopics(count: number): Change {
  return { kind: 'topic', level: 'notice', sentence: `${count} topics were created, deleted or grown.` };
}

function* brokerChanges(before: Seen, after: Seen): Generator<Change> {
  for (const id of before.upBrokers) {
    if (!after.upBrokers.has(id)) yield { kind: 'broker', level: 'critical', sentence: `Broker ${id} is down.` };
  }
  for (const id of after.upBrokers) {
    if (before.upBrokers.has(id)) continue;
    const what = before.knownBrokers.has(id) ? 'is up again' : 'joined the cluster';
    yield { kind: 'broker', level: 'ok', sentence: `Broker ${id} ${what}.` };
  }
}

class Moves {
  readonly left: string[] = [];
  readonly joined: string[] = [];
  readonly #groups = new Map<
    string,
    { readonly tell: (places: readonly string[]) => Change; readonly places: string[] }
  >();

  compare(topic: string, partition: number, old: SeenPartition, now: SeenPartition): void {
    const place = `${topic}-${partition}`;
    if (old.leader !== now.leader)
      this.#add(`leader ${old.leader} ${now.leader}`, leaderTeller(old.leader, now.leader), place);
    for (const id of old.inSyncReplicas) {
      if (now.inSyncReplicas.includes(id)) continue;
      this.left.push(replicaKey(topic, partition, id));
      this.#add(`left ${id}`, (places) => outOfSync(id, places), place);
    }
    for (const id of now.inSyncReplicas) {
      if (old.inSyncReplicas.includes(id)) continue;
      this.joined.push(replicaKey(topic, partition, id));
      this.#add(`joined ${id}`, (places) => inSync(id, places), place);
    }
  }

  events(): readonly Change[] {
    const order = (key: string) => (key.startsWith('leader') ? 0 : key.startsWith('left') ? 1 : 2);
    return [...this.#groups]
      .sort(([left], [right]) => order(left) - order(right))
      .map(([, { tell, places }]) => tell(places));
  }

  #add(key: string, tell: (places: readonly string[]) => Change, place: string): void {
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { tell, places: [place] });
    else group.places.push(place);
  }
}

function leaderTeller(from: number | null, to: number | null): (places: readonly string[]) => Change {
  return (places) => {
    const what = listed(places);
    if (to === null) {
      const verb = places.length === 1 ? 'has' : 'have';
      return {
        kind: 'leader',
        level: 'critical',
        sentence: `${what} ${verb} no leader since broker ${from} went.`,
      };
    }
    const rest = from === null ? 'without a leader before' : `led by broker ${from} before`;
    return { kind: 'leader', level: 'notice', sentence: `Broker ${to} now leads ${what}, ${rest}.` };
  };
}

function outOfSync(id: number, places: readonly string[]): Change {
  return { kind: 'inSync', level: 'warn', sentence: `Broker ${id} fell out of sync for ${listed(places)}.` };
}

function inSync(id: number, places: readonly string[]): Change {
  return { kind: 'inSync', level: 'ok', sentence: `Broker ${id} is in sync again for ${listed(places)}.` };
}

/** "orders-0, orders-1", or "12 partitions (orders-0, orders-1, orders-2, …)". */
function listed(places: readonly string[]): string {
  if (places.length <= NAMED) return places.join(', ');
  return `${places.length} partitions (${places.slice(0, NAMED).join(', ')}, …)`;
}

/** Members come and go: nobody reads now. */
export const isRebalancing = (state: string): boolean => /rebalanc|assigning|reconciling/i.test(state);

/** What happened to a group between two samples; null: nothing that moves partitions. */
export function groupChange(before: SeenGroup, after: SeenGroup): Change | null {
  const { groupId } = after;
  if (isRebalancing(after.state)) {
    return isRebalancing(before.state)
      ? null
      : { kind: 'group', level: 'notice', sentence: `Group ${groupId} is rebalancing.` };
  }
  const wasRead = signature(before);
  const isRead = signature(after);
  if (wasRead === isRead) return null;
  if (after.members.size === 0) {
    return { kind: 'group', level: 'notice', sentence: `Group ${groupId} has no members any more.` };
  }
  const partitions = new Set([...after.members.values()].flat()).size;
  const share = `${count(after.members.size, 'member')} ${after.members.size === 1 ? 'reads' : 'share'} ${count(partitions, 'partition')}`;
  const verb = before.members.size === 0 ? 'has members' : 'was rebalanced';
  return { kind: 'group', level: 'notice', sentence: `Group ${groupId} ${verb}: ${share}.` };
}

function signature({ members }: SeenGroup): string {
  return [...members]
    .map(([id, partitions]) => `${id} ${[...partitions].sort().join(' ')}`)
    .sort()
    .join('\n');
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}
