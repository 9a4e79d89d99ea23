// What on the map changed between two views and shall flash: ids as in selection.ts. Pure.
import type { MapView } from '../../../server/live/contract.ts';
import { replicaId } from '../flows/flows.ts';

export function changedIds(before: MapView, after: MapView): readonly string[] {
  const changed: string[] = [];
  const wasUp = new Map(before.brokers.map(({ id, isUp }) => [id, isUp]));
  for (const { id, isUp } of after.brokers) {
    if (wasUp.has(id) && wasUp.get(id) !== isUp) changed.push(`broker:${id}`);
  }
  const old = new Map(before.partitions.map((each) => [`${each.partition}/${each.topic}`, each]));
  for (const now of after.partitions) {
    const was = old.get(`${now.partition}/${now.topic}`);
    if (was === undefined || (was.leader === now.leader && same(was.inSyncReplicas, now.inSyncReplicas))) continue;
    const moved = was.leader === now.leader ? [] : [was.leader, now.leader];
    const left = was.inSyncReplicas.filter((id) => !now.inSyncReplicas.includes(id));
    const joined = now.inSyncReplicas.filter((id) => !was.inSyncReplicas.includes(id));
    for (const id of new Set([...moved, ...left, ...joined])) {
      if (id !== null) changed.push(replicaId(now.topic, now.partition, id));
    }
  }
  const groups = new Map(before.groups.map((group) => [group.groupId, group]));
  for (const group of after.groups) {
    const was = groups.get(group.groupId);
    if (was !== undefined && readersOf(was) !== readersOf(group)) changed.push(`group:${group.groupId}`);
  }
  return changed;
}

/** In-sync replicas are a set: some clusters list them in another order each time. */
function same(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((id) => right.includes(id));
}

function readersOf({ members, partitions }: MapView['groups'][number]): string {
  return [
    ...members.map(({ memberId }) => memberId),
    ...partitions.map((each) => `${each.topic}/${each.partition} ${each.memberId}`),
  ]
    .sort()
    .join('\n');
}
