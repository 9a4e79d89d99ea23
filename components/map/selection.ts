// What is selected on the map, as the address holds it, and what belongs to it. Pure.
import type { MapView } from '../../server/live/contract.ts';
import { replicaId } from './flows/flows.ts';

export type Selection =
  | { readonly kind: 'topic'; readonly topic: string }
  | { readonly kind: 'partition'; readonly topic: string; readonly partition: number }
  | { readonly kind: 'broker'; readonly broker: number }
  | { readonly kind: 'group'; readonly groupId: string }
  | { readonly kind: 'producer'; readonly key: string };

export function readSelection(text: string | null): Selection | null {
  const at = text?.indexOf(':') ?? -1;
  if (text === null || at < 0) return null;
  const [kind, rest] = [text.slice(0, at), text.slice(at + 1)];
  if (rest === '') return null;
  if (kind === 'topic') return { kind, topic: rest };
  if (kind === 'group') return { kind, groupId: rest };
  if (kind === 'producer') return { kind, key: rest };
  if (kind === 'broker') return /^\d{1,9}$/.test(rest) ? { kind, broker: Number(rest) } : null;
  const found = kind === 'partition' ? /^(.+)\/(\d{1,7})$/.exec(rest) : null;
  return found === null ? null : { kind: 'partition', topic: found[1] ?? '', partition: Number(found[2]) };
}

export function writeSelection(selection: Selection | null): string | null {
  if (selection === null) return null;
  switch (selection.kind) {
    case 'topic':
      return `topic:${selection.topic}`;
    case 'partition':
      return `partition:${selection.topic}/${selection.partition}`;
    case 'broker':
      return `broker:${selection.broker}`;
    case 'group':
      return `group:${selection.groupId}`;
    case 'producer':
      return `producer:${selection.key}`;
  }
}

/** Ids of what stands on the map: writeSelection() for all but replicas, which are replicaId(). */
export const idOf = (selection: Selection): string => writeSelection(selection) ?? '';

/** Everything that belongs to the selection, itself included; null: nothing is selected, or it is not in the view. */
export function related(view: MapView, selection: Selection | null): ReadonlySet<string> | null {
  if (selection === null || !isShown(view, selection)) return null;
  const ids = new Set<string>([idOf(selection)]);
  const partitions = view.partitions.filter((each) => concerns(view, selection, each));
  for (const { topic, partition, replicas, leader } of partitions) {
    ids.add(`topic:${topic}`);
    const shown = selection.kind === 'broker' ? replicas.filter((id) => id === selection.broker) : replicas;
    for (const broker of isAboutLeaders(selection) ? (leader === null ? [] : [leader]) : shown) {
      ids.add(replicaId(topic, partition, broker));
      ids.add(`broker:${broker}`);
    }
  }
  const isMeant = new Set(partitions.map(({ topic, partition }) => `${topic}/${partition}`));
  const isLed = new Set(
    partitions.flatMap(({ topic, partition, leader }) =>
      selection.kind !== 'broker' || leader === selection.broker ? [`${topic}/${partition}`] : [],
    ),
  );
  if (selection.kind !== 'producer') {
    for (const { groupId, partitions: read } of view.groups) {
      const of = selection.kind === 'broker' ? isLed : isMeant;
      if (
        selection.kind === 'group'
          ? groupId === selection.groupId
          : read.some((each) => of.has(`${each.topic}/${each.partition}`))
      )
        ids.add(`group:${groupId}`);
    }
  }
  if (selection.kind !== 'group' && selection.kind !== 'producer') {
    for (const { key, topics, brokers } of view.producers.rows) {
      const isOne = selection.kind === 'broker' ? brokers.includes(selection.broker) : topics.includes(selection.topic);
      if (isOne) ids.add(`producer:${key}`);
    }
  }
  return ids;
}

const isAboutLeaders = ({ kind }: Selection): boolean => kind === 'group' || kind === 'producer';

export function isShown(view: MapView, selection: Selection): boolean {
  switch (selection.kind) {
    case 'topic':
      return view.topics.some(({ name }) => name === selection.topic);
    case 'partition':
      return view.partitions.some((each) => each.topic === selection.topic && each.partition === selection.partition);
    case 'broker':
      return view.brokers.some(({ id }) => id === selection.broker);
    case 'group':
      return view.groups.some(({ groupId }) => groupId === selection.groupId);
    case 'producer':
      return view.producers.rows.some(({ key }) => key === selection.key);
  }
}

function concerns(view: MapView, selection: Selection, each: MapView['partitions'][number]): boolean {
  switch (selection.kind) {
    case 'topic':
      return each.topic === selection.topic;
    case 'partition':
      return each.topic === selection.topic && each.partition === selection.partition;
    case 'broker':
      return each.replicas.includes(selection.broker);
    case 'group':
      return (
        view.groups
          .find(({ groupId }) => groupId === selection.groupId)
          ?.partitions.some(({ topic, partition }) => topic === each.topic && partition === each.partition) === true
      );
    case 'producer':
      return view.producers.rows.find(({ key }) => key === selection.key)?.topics.includes(each.topic) === true;
  }
}
