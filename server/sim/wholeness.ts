// What keeps a run from being whole again once all harm is over: asked again and again in its liveness phase (invariant 18). Each answer
// is a sentence, or null when nothing does.
import type { SimCluster } from './cluster.ts';
import type { Crowd } from './crowd.ts';
import { keyOf, type Place } from './place.ts';
import type { RunParts } from './run-parts.ts';
import type { Watchers } from './watchers.ts';

/** Every node runs, nobody is fenced, every partition has its leader and all its replicas in sync. */
export function whatIsUnwell({ cluster, canon, watchers }: RunParts & { readonly watchers: Watchers }): string | null {
  for (const node of cluster.nodes) if (node.running === null) return `${node.name} does not run`;
  for (const broker of canon.state.brokers.values()) if (broker.isFenced) return `broker ${broker.id} is fenced`;
  for (const topic of canon.state.topics.values()) {
    for (const { partition, leader, inSyncReplicas, replicas } of topic.partitions) {
      const place = `${topic.name}-${partition}`;
      if (leader === -1 && watchers.isForsaken(topic.topicId, partition)) continue;
      if (leader === -1) return `${place} has no leader`;
      if (inSyncReplicas.length < replicas.length) return `${place}: in sync ${inSyncReplicas} of ${replicas}`;
    }
  }
  return null;
}

/** Every broker has read the whole metadata log. */
export function whoIsUninformed({ cluster, canon }: RunParts): string | null {
  const { offset } = canon.state;
  const late = cluster.brokers.find((node) => cluster.inside(node)?.controller.image.offset !== offset);
  return late === undefined ? null : `${late.name} has not read the metadata up to ${offset}`;
}

/** Every follower has dropped what its leader does not have, and has the rest: their logs end alike. */
export function whoHasNotFollowed({ cluster, canon, isCleaned }: RunParts): string | null {
  for (const { name, partitions } of canon.state.topics.values()) {
    for (const { partition, leader, replicas } of partitions) {
      const key = `${name}-${partition}`;
      const endAt = (id: number) => (isCleaned(key) ? knownEnd : endOnDisk)(cluster, id, { topic: name, partition });
      const led = endAt(leader);
      if (led === null) continue;
      for (const id of replicas) {
        const end = endAt(id);
        if (end === null) continue;
        const isAlike = end.offset === led.offset && end.epoch === led.epoch;
        if (!isAlike) return `${key} of broker ${id} ends at ${end.offset}, that of its leader at ${led.offset}`;
      }
    }
  }
  return null;
}
interface LogEnd {
  readonly offset: number;
  readonly epoch: number;
}
function endOnDisk(cluster: SimCluster, id: number, place: Place): LogEnd | null {
  const log = cluster.broker(id)?.logs.get(keyOf(place));
  return log === undefined ? null : { offset: log.endOffset, epoch: log.at(log.endOffset - 1)?.epoch ?? -1 };
}
/** Cut where the cleaner took records out, a log ends where no byte of it says. */
function knownEnd(cluster: SimCluster, id: number, { topic, partition }: Place): LogEnd | null {
  const node = cluster.broker(id);
  const log = node === undefined ? undefined : cluster.inside(node)?.replicas.get(topic, partition)?.log;
  return log === undefined ? null : { offset: log.endOffset, epoch: log.epochOf(log.endOffset - 1) };
}

/** What is written is committed, and every group has read and committed all of it. */
export function whoIsBehind({
  options,
  cluster,
  canon,
  groups,
  crowd,
}: RunParts & { readonly crowd: Crowd }): string | null {
  for (const { name, partitions } of options.topics) {
    for (let partition = 0; partition < partitions; partition++) {
      const key = `${name}-${partition}`;
      const leader = cluster.broker(canon.partition(name, partition)?.leader ?? -1);
      const replica = leader === undefined ? undefined : cluster.inside(leader)?.replicas.get(name, partition);
      if (replica === undefined) return `${key} is led by nobody`;
      const { highWatermark, log } = replica;
      if (highWatermark < log.endOffset) return `${key} is committed up to ${highWatermark} of ${log.endOffset}`;
      for (const group of crowd.groups) {
        const reached = Math.max(0, groups.reachedOf(group, key));
        if (reached < highWatermark) return `${group} is at ${reached} of ${highWatermark} in ${key}`;
      }
    }
  }
  return null;
}
