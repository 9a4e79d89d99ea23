// Works out which replicas move where, from a placement and what a person wants. Pure and deterministic: the same input gives
// the same plan. It never leaves a partition with fewer replicas than it had (but where fewer are asked for), never puts two
// replicas on one broker, and gives new replicas to brokers that are up only. Called by reassignments.ts.
import type { Place } from '../../../client/places.ts';
import type { BrokerLoad, ReassignBrokerRow, ReassignMove, ReassignRequest } from '../../../live/contract.ts';
import { compareRanks, isSame, Layout, type Placement, type Spot } from './layout.ts';
import { evenLeaders, preferredOf } from './leaders.ts';
import { spread } from './spread.ts';

export interface Plan {
  readonly request: ReassignRequest;
  readonly brokers: readonly ReassignBrokerRow[];
  readonly moves: readonly ReassignMove[];
  /** Partitions whose leader is to be the first replica at the end and is another now. */
  readonly elections: readonly Place[];
  readonly replicasAdded: number;
  readonly replicasRemoved: number;
  readonly reordered: number;
  readonly bytesToMove: number;
  readonly unknownSizes: number;
  readonly busiestBrokerBytes: number;
  readonly limits: readonly string[];
}

/** What a request cannot be: the sentence is for the person. */
export class PlanRefusal extends Error {
  override readonly name = 'PlanRefusal';
}

/** @throws PlanRefusal when the request names what is not there, or asks for what no plan can give */
export function makePlan(placement: Placement, request: ReassignRequest): Plan {
  const layout = new Layout(placement);
  if (layout.targets().length === 0) throw new PlanRefusal('No broker is up, so no replica can be moved.');
  const before = loads(layout, (spot) => spot.source.leader);
  const limits: string[] = [];
  const touched = apply(layout, request, limits);
  const isWhole = request.kind === 'spread';
  const moved = layout.spots.filter((spot) => !isSame(spot.before, spot.replicas));
  noteLeaderless(moved, limits);
  const elected = new Set((isWhole ? layout.spots : touched).filter((spot) => needsElection(layout, spot)));
  const after = loads(layout, (spot) => leaderAfter(layout, spot, elected));
  const traffic = copiesOf(layout, moved);
  return {
    request,
    brokers: layout.brokers.map(({ id, rack, isUp }, index) => ({
      id,
      rack,
      isUp,
      before: before[index] ?? NOTHING,
      after: after[index] ?? NOTHING,
    })),
    moves: moved.map((spot) => moveOf(layout, spot, elected)),
    elections: [...elected].map(({ source: { topic, partition } }) => ({ topic, partition })),
    ...traffic,
    reordered: moved.filter((spot) => isSameSet(spot.before, spot.replicas)).length,
    limits,
  };
}

const NOTHING: BrokerLoad = { replicas: 0, leaders: 0, bytes: 0 };

/** Changes the layout as wanted; gives the partitions that are concerned. */
function apply(layout: Layout, request: ReassignRequest, limits: string[]): readonly Spot[] {
  switch (request.kind) {
    case 'spread':
      spread(layout);
      evenLeaders(layout, layout.spots);
      noteDownBrokers(layout, limits);
      return layout.spots;
    case 'drain':
      return drain(layout, request.brokerId, limits);
    case 'replicationFactor':
      return resize(layout, request.topic, request.replicationFactor, limits);
    case 'byHand':
      return byHand(layout, request);
  }
}

/** Nobody can copy them until a broker that has them is back; the others need not wait for that. */
function noteLeaderless(moved: readonly Spot[], limits: string[]): void {
  const waiting = moved.filter(({ source }) => source.leader === null);
  if (waiting.length === 0) return;
  const { named, more } = topicsOf(waiting);
  const count = waiting.length;
  limits.push(
    `${count} ${word(count, 'partition')} of ${named}${more} ${count === 1 ? 'has' : 'have'} no leader to copy from: the reassignment will not end before there is one, or it is cancelled.`,
  );
}

function noteDownBrokers(layout: Layout, limits: string[]): void {
  layout.brokers.forEach(({ id, isUp }, index) => {
    const count = layout.replicasAt(index);
    if (isUp || count === 0) return;
    limits.push(
      `Broker ${id} is down and keeps its ${count} ${word(count, 'replica')}: start it, or drain it if it will not come back.`,
    );
  });
}

/** Each replica on the broker goes to another, into its place in the order; leaders of what moved are evened after. */
function drain(layout: Layout, brokerId: number, limits: string[]): readonly Spot[] {
  const broker = layout.brokers.findIndex(({ id }) => id === brokerId);
  if (broker < 0) throw new PlanRefusal(`There is no broker ${brokerId} in this cluster.`);
  const targets = layout.targets().filter((index) => index !== broker);
  if (targets.length === 0) {
    throw new PlanRefusal(`Broker ${brokerId} is the only one that is up: its replicas have nowhere to go.`);
  }
  const held = layout.spots.filter((spot) => spot.replicas.includes(broker));
  const stuck: Spot[] = [];
  const moved: Spot[] = [];
  for (const spot of [...held].sort((left, right) => right.bytes - left.bytes)) {
    const to = layout.choose(spot, targets, broker);
    if (to === null) stuck.push(spot);
    else {
      layout.replace(spot, broker, to);
      moved.push(spot);
    }
  }
  if (stuck.length > 0) limits.push(stuckSentence(stuck, brokerId));
  evenLeaders(layout, moved);
  return moved;
}

const MAX_TOPICS_NAMED = 3;

function stuckSentence(stuck: readonly Spot[], brokerId: number): string {
  const { named, more } = topicsOf(stuck);
  const count = stuck.length;
  return `${count} ${word(count, 'partition')} of ${named}${more} cannot leave broker ${brokerId}, because every other broker that is up holds a replica already: add a broker, or lower the replication factor first.`;
}

function topicsOf(spots: readonly Spot[]): { readonly named: string; readonly more: string } {
  const topics = [...new Set(spots.map(({ source }) => source.topic))].sort();
  const named = topics.slice(0, MAX_TOPICS_NAMED).join(', ');
  return { named, more: topics.length > MAX_TOPICS_NAMED ? ` and ${topics.length - MAX_TOPICS_NAMED} more` : '' };
}

function resize(layout: Layout, topic: string, factor: number, limits: string[]): readonly Spot[] {
  const spots = layout.spots.filter(({ source }) => source.topic === topic);
  if (spots.length === 0) throw new PlanRefusal(`There is no topic "${topic}" in this cluster.`);
  const targets = layout.targets();
  if (factor < 1) throw new PlanRefusal('A partition needs at least one replica.');
  const most = Math.max(...spots.map(({ replicas }) => replicas.length));
  if (factor > most && factor > targets.length) {
    throw new PlanRefusal(
      `${factor} replicas need as many brokers, and ${targets.length} ${targets.length === 1 ? 'is' : 'are'} up.`,
    );
  }
  for (const spot of spots) {
    while (spot.replicas.length < factor) {
      const to = layout.choose(spot, targets);
      if (to === null) break;
      layout.add(spot, to);
    }
    while (spot.replicas.length > factor) layout.drop(spot, leastNeeded(layout, spot));
  }
  const short = spots.filter(({ replicas }) => replicas.length < factor).length;
  if (short > 0)
    limits.push(
      `${short} ${word(short, 'partition')} of ${topic} stay below ${factor} replicas: too few brokers are up.`,
    );
  return spots;
}

/** The replica to give up: one on a broker that is down, out of sync, sharing a rack, on the fullest broker; a leader last. */
function leastNeeded(layout: Layout, spot: Spot): number {
  const inSync = new Set(spot.source.inSyncReplicas);
  const rank = (broker: number): readonly number[] => {
    const id = layout.idOf(broker);
    return [
      spot.source.leader === id ? 1 : 0,
      layout.isUp(broker) ? 1 : 0,
      inSync.has(id) ? 1 : 0,
      layout.racks(spot, broker) < layout.racks(spot) ? 1 : 0,
      -layout.replicasAt(broker),
      broker,
    ];
  };
  return [...spot.replicas].sort((left, right) => compareRanks(rank(left), rank(right)))[0] ?? -1;
}

function byHand(
  layout: Layout,
  { topic, partition, replicas }: Extract<ReassignRequest, { kind: 'byHand' }>,
): readonly Spot[] {
  const spot = layout.spots.find(({ source }) => source.topic === topic && source.partition === partition);
  if (spot === undefined) throw new PlanRefusal(`There is no partition ${partition} of "${topic}" in this cluster.`);
  if (new Set(replicas).size !== replicas.length) {
    throw new PlanRefusal('A broker is named twice: a partition has one replica on a broker at most.');
  }
  if (replicas.length !== spot.before.length) {
    const factor = spot.before.length;
    throw new PlanRefusal(
      `${topic} has ${factor} ${word(factor, 'replica')} of each partition, and ${replicas.length} ${replicas.length === 1 ? 'is' : 'are'} named: change the replication factor of the topic for that.`,
    );
  }
  for (const id of replicas) {
    const broker = layout.brokers.find((each) => each.id === id);
    if (broker === undefined) throw new PlanRefusal(`There is no broker ${id} in this cluster.`);
    if (!broker.isUp && !spot.source.replicas.includes(id)) {
      throw new PlanRefusal(`Broker ${id} is down and cannot take a replica.`);
    }
  }
  const wanted = replicas.map((id) => layout.indexOf(id));
  for (const broker of spot.before) if (!wanted.includes(broker)) layout.drop(spot, broker);
  for (const broker of wanted) if (!spot.replicas.includes(broker)) layout.add(spot, broker);
  spot.replicas = wanted;
  return [spot];
}

function needsElection(layout: Layout, spot: Spot): boolean {
  const preferred = preferredOf(layout, spot.replicas);
  const first = spot.replicas[0];
  // Kafka elects the first replica or none.
  return preferred !== null && preferred === first && layout.idOf(preferred) !== spot.source.leader;
}

function leaderAfter(layout: Layout, spot: Spot, elected: ReadonlySet<Spot>): number | null {
  const { leader } = spot.source;
  const isKept = leader !== null && spot.replicas.includes(layout.indexOf(leader));
  if (!elected.has(spot) && isKept) return leader;
  const preferred = preferredOf(layout, spot.replicas);
  return preferred === null ? null : layout.idOf(preferred);
}

function loads(layout: Layout, leaderOf: (spot: Spot) => number | null): BrokerLoad[] {
  const leaders = new Map<number, number>();
  for (const spot of layout.spots) {
    const leader = leaderOf(spot);
    if (leader !== null) leaders.set(leader, (leaders.get(leader) ?? 0) + 1);
  }
  return layout.brokers.map(({ id }, index) => ({
    replicas: layout.replicasAt(index),
    leaders: leaders.get(id) ?? 0,
    bytes: layout.bytesAt(index),
  }));
}

function moveOf(layout: Layout, spot: Spot, elected: ReadonlySet<Spot>): ReassignMove {
  const { topic, partition, replicas, leader, sizeBytes } = spot.source;
  const added = spot.replicas.filter((broker) => !spot.before.includes(broker)).length;
  return {
    topic,
    partition,
    from: replicas,
    to: spot.replicas.map((broker) => layout.idOf(broker)),
    leaderBefore: leader,
    leaderAfter: leaderAfter(layout, spot, elected),
    bytes: added === 0 ? 0 : sizeBytes === null ? null : sizeBytes * added,
  };
}

function copiesOf(layout: Layout, moved: readonly Spot[]) {
  const received = new Map<number, number>();
  const sent = new Map<number, number>();
  let replicasAdded = 0;
  let replicasRemoved = 0;
  let bytesToMove = 0;
  let unknownSizes = 0;
  for (const spot of moved) {
    const added = spot.replicas.filter((broker) => !spot.before.includes(broker));
    replicasAdded += added.length;
    replicasRemoved += spot.before.filter((broker) => !spot.replicas.includes(broker)).length;
    if (added.length > 0 && spot.source.sizeBytes === null) unknownSizes += 1;
    for (const broker of added) received.set(broker, (received.get(broker) ?? 0) + spot.bytes);
    const bytes = added.length * spot.bytes;
    bytesToMove += bytes;
    const { leader } = spot.source;
    if (leader !== null) sent.set(layout.indexOf(leader), (sent.get(layout.indexOf(leader)) ?? 0) + bytes);
  }
  const busiestBrokerBytes = Math.max(0, ...received.values(), ...sent.values());
  return { replicasAdded, replicasRemoved, bytesToMove, unknownSizes, busiestBrokerBytes };
}

function isSameSet(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value) => right.includes(value));
}

function word(count: number, one: string): string {
  return count === 1 ? one : `${one}s`;
}
