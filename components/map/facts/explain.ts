// The selection in one or two plain sentences, for somebody who sees Kafka for the first time. Pure. Called by panel.tsx.
import type { MapPartition, MapView } from '../../../server/live/contract.ts';
import { exact, perSecond, plural } from '../../ui/format.ts';
import { isUpOf, nameOf, type Replica, replicasOf } from '../replica-state.ts';
import type { Selection } from '../selection.ts';

export interface Explanation {
  readonly title: string;
  readonly sentences: readonly string[];
}

/** Null: what is selected is not on the map. */
export function explain(view: MapView, selection: Selection, nowMs: number): Explanation | null {
  switch (selection.kind) {
    case 'broker':
      return explainBroker(view, selection.broker);
    case 'topic':
      return explainTopic(view, selection.topic);
    case 'partition':
      return explainPartition(view, selection.topic, selection.partition, nowMs);
    case 'group':
      return explainGroup(view, selection.groupId);
    case 'producer':
      return explainProducer(view, selection.key);
  }
}

function explainBroker(view: MapView, id: number): Explanation | null {
  const broker = view.brokers.find((each) => each.id === id);
  if (broker === undefined) return null;
  const title = `Broker ${id}`;
  const held = plural(broker.replicas, 'partition');
  if (!broker.isUp) {
    const lost = view.partitions.filter(({ leader, replicas }) => replicas.includes(id) && leader === null).length;
    const first = `${title} is down. It holds copies of ${held}; the other copies carry on where there are any in sync.`;
    const second =
      lost === 0
        ? 'When it is back it fetches what it missed.'
        : `${plural(lost, 'drawn partition')} wait for it without a leader.`;
    return { title, sentences: [first, second] };
  }
  const following = broker.replicas - broker.leaders;
  const sentences = [
    `${title} leads ${plural(broker.leaders, 'partition')} and follows ${exact(following)} more: clients write to and read from a leader, followers copy it.`,
  ];
  const outOfSync = view.partitions.filter((each) =>
    replicasOf(each, isUpOf(view.brokers)).some((replica) => replica.broker === id && replica.state === 'lagging'),
  );
  const lagging = outOfSync.filter(({ leader }) => leader !== null);
  const stuck = outOfSync.filter(({ leader }) => leader === null);
  if (stuck.length > 0)
    sentences.push(`Its copy of ${listed(stuck)} is not in sync, and there is no leader to copy from.`);
  if (lagging.length > 0) sentences.push(`It is out of sync for ${listed(lagging)} and is catching up.`);
  else if (stuck.length === 0 && broker.inRecordsPerSecond !== null)
    sentences.push(
      `Its leaders take in ${perSecond(broker.inRecordsPerSecond)} of records${broker.rack === null ? '' : `; it stands in rack ${broker.rack}`}.`,
    );
  return { title, sentences };
}

function explainTopic(view: MapView, name: string): Explanation | null {
  const topic = view.topics.find((each) => each.name === name);
  if (topic === undefined) return null;
  const drawn = view.partitions.filter((each) => each.topic === name);
  const copies = Math.max(0, ...drawn.map(({ replicas }) => replicas.length));
  const leaders = new Set(drawn.flatMap(({ leader }) => (leader === null ? [] : [leader])));
  const kept = copies <= 1 ? 'kept once, so it is lost with its broker' : `kept ${copies} times on different brokers`;
  const sentences = [
    `${name} is split into ${plural(topic.partitions, 'partition')}, each ${kept}. ${leaders.size > 1 ? `${plural(leaders.size, 'broker')} share the lead` : `One broker leads`}${topic.drawn < topic.partitions ? ' of those that are drawn' : ''}.`,
  ];
  const readers = view.groups.filter(({ partitions }) => partitions.some((each) => each.topic === name));
  const rate = topic.inRecordsPerSecond === null ? '' : `${perSecond(topic.inRecordsPerSecond)} of records come in; `;
  const read =
    readers.length === 0
      ? 'no group reads it'
      : `${plural(readers.length, 'group')} ${readers.length === 1 ? 'reads' : 'read'} it`;
  sentences.push(capital(`${rate}${read}.`));
  return { title: `Topic ${name}`, sentences };
}

function explainPartition(view: MapView, topic: string, number: number, nowMs: number): Explanation | null {
  const partition = view.partitions.find((each) => each.topic === topic && each.partition === number);
  if (partition === undefined) return null;
  const replicas = replicasOf(partition, isUpOf(view.brokers));
  const title = nameOf(topic, number);
  const sentences = [
    `Partition ${number} of ${topic}: ${leaderClause(partition, replicas)}${followerClause(replicas)}.`,
  ];
  const behind = replicas.filter(({ state, isLeader }) => state === 'lagging' || (state === 'offline' && !isLeader));
  if (behind.length > 0) sentences.push(`${behind.map((each) => behindClause(each, nowMs)).join('; ')}.`);
  const read = view.groups.flatMap(({ groupId, partitions }) =>
    partitions.filter((each) => each.topic === topic && each.partition === number).map(({ lag }) => ({ groupId, lag })),
  );
  if (behind.length === 0 && read.length > 0)
    sentences.push(capital(`${read.slice(0, 3).map(readClause).join('; ')}.`));
  else if (behind.length === 0)
    sentences.push(
      replicas.length > 1 ? 'All its copies are in sync, so any of them can take over.' : 'It has no other copy.',
    );
  return { title, sentences };
}

function leaderClause({ leader }: MapPartition, replicas: readonly Replica[]): string {
  if (leader === null) return 'no leader, so nobody can write or read';
  if (replicas.some(({ broker, state }) => broker === leader && state === 'offline'))
    return `leader ${leader}, which does not answer; another is elected in a moment`;
  return `leader ${leader}`;
}

function followerClause(replicas: readonly Replica[]): string {
  const followers = replicas.filter(({ isLeader }) => !isLeader).map(({ broker }) => String(broker));
  if (followers.length === 0) return ', no followers';
  return `, ${followers.length === 1 ? 'follower' : 'followers'} ${joined(followers)}`;
}

function behindClause({ broker, state, behindRecords, outSinceMs }: Replica, nowMs: number): string {
  const since = outSinceMs === null ? '' : ` ${elapsed(nowMs - outSinceMs)} ago`;
  if (state === 'offline')
    return `Broker ${broker} is down${since === '' ? '' : `; its copy left the in-sync set${since}`}`;
  const by = behindRecords === null ? '' : `is behind by ${plural(behindRecords, 'record')} and `;
  return `Broker ${broker} ${by}${since === '' ? 'is out of sync' : `left the in-sync set${since}`}`;
}

function readClause({ groupId, lag }: { groupId: string; lag: number | null }): string {
  if (lag === null) return `group ${groupId} has committed nothing here that can be compared`;
  return lag === 0
    ? `group ${groupId} has read it to the end`
    : `group ${groupId} has ${plural(lag, 'record')} left to read`;
}

function explainGroup(view: MapView, groupId: string): Explanation | null {
  const group = view.groups.find((each) => each.groupId === groupId);
  if (group === undefined) return null;
  const count = group.memberCount ?? group.members.length;
  const first =
    count === 0
      ? `Group ${groupId} has no members now: it only remembers how far it had read.`
      : `Group ${groupId} is ${count === 1 ? 'one consumer that reads' : `${count} consumers that share`} ${plural(group.partitions.length, 'drawn partition')}: each partition is read by one member at a time.`;
  const lag =
    group.totalLag === null
      ? 'How far it is behind is not known yet.'
      : group.totalLag === 0
        ? 'It has read everything there is.'
        : `${plural(group.totalLag, 'record')} wait to be read (its lag).`;
  return { title: `Group ${groupId}`, sentences: [first, lag] };
}

function explainProducer(view: MapView, key: string): Explanation | null {
  const producer = view.producers.rows.find((each) => each.key === key);
  if (producer === undefined) return null;
  const to = producer.topics.length === 0 ? 'to none of the drawn topics' : `to ${joined(producer.topics)}`;
  const via =
    producer.brokers.length === 0
      ? ''
      : ` through ${producer.brokers.length === 1 ? 'broker' : 'brokers'} ${joined(producer.brokers.map(String))}`;
  const how =
    view.producers.source === 'ids'
      ? 'Kafka knows producers by number only: this is one that writes with idempotence or in transactions.'
      : 'It sends each record to the leader of the partition that the key chooses.';
  return { title: capital(producer.name), sentences: [`${capital(producer.name)} writes ${to}${via}.`, how] };
}

function listed(partitions: readonly MapPartition[]): string {
  const names = partitions.map(({ topic, partition }) => nameOf(topic, partition));
  return names.length > 3 ? plural(names.length, 'partition') : joined(names);
}

/** "1", "1 and 3", "1, 2 and 3". */
function joined(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
