// The metadata log as the controller's disk has it, replayed beside the cluster: what is true for everyone. Invariants 2 (epochs
// never go back) and 6 (in-sync replicas are replicas, leaders are in sync, only live brokers join) are checked with each batch.
import { batchesIn, recordsOf } from '../../engine/metadata/batch.ts';
import type { MetadataDelta, PartitionImage } from '../../engine/metadata/image.ts';
import { MetadataState } from '../../engine/metadata/state.ts';
import type { Compression } from '../../kernel/world.ts';
import { holds } from './violation.ts';

export const METADATA_PARTITION = '__cluster_metadata-0';

export class Canon {
  state: MetadataState;
  /** Called after each batch. */
  onChange: (delta: MetadataDelta) => void = () => {};
  readonly #clusterId: string;
  readonly #compression: Compression;
  readonly #before = new Map<string, PartitionImage>();
  readonly #brokerEpochs = new Map<number, number>();

  constructor(clusterId: string, compression: Compression) {
    this.#clusterId = clusterId;
    this.#compression = compression;
    this.state = new MetadataState(clusterId);
  }

  append(bytes: Buffer): void {
    for (const batch of batchesIn(bytes)) {
      for (const [record, offset] of recordsOf(this.#compression, batch)) {
        if (offset > this.state.offset) this.state.replay(record, offset);
      }
    }
    const delta = this.state.takeDelta();
    this.#check(delta);
    this.onChange(delta);
  }
  /** The controller's disk lost what was not flushed: what is left is true. */
  rebuild(whole: Buffer): void {
    this.state = new MetadataState(this.#clusterId);
    this.#before.clear();
    this.#brokerEpochs.clear();
    this.append(whole);
  }

  partition(topic: string, partition: number): PartitionImage | undefined {
    return this.state.topics.get(topic)?.partitions[partition];
  }

  #check(delta: MetadataDelta): void {
    for (const id of delta.changedBrokers) {
      const epoch = this.state.brokers.get(id)?.epoch ?? -1;
      const known = this.#brokerEpochs.get(id) ?? -1;
      holds(2, epoch >= known, () => `broker ${id} went from epoch ${known} back to ${epoch}`);
      this.#brokerEpochs.set(id, epoch);
    }
    for (const { topic, partition } of delta.changedPartitions) {
      const key = `${topic.topicId}-${partition.partition}`;
      const place = `${topic.name}-${partition.partition}`;
      const before = this.#before.get(key);
      this.#before.set(key, partition);
      if (before !== undefined) this.#checkEpochs(place, before, partition);
      this.#checkInSync(place, before, partition);
    }
  }
  #checkEpochs(place: string, before: PartitionImage, after: PartitionImage): void {
    const rose = after.partitionEpoch > before.partitionEpoch;
    holds(
      2,
      rose || sameImage(before, after),
      () => `${place}: partition epoch ${before.partitionEpoch} stays or falls`,
    );
    const isNewLeader = after.leader !== before.leader;
    holds(
      2,
      isNewLeader ? after.leaderEpoch > before.leaderEpoch : after.leaderEpoch >= before.leaderEpoch,
      () => `${place}: leader ${before.leader} → ${after.leader}, epoch ${before.leaderEpoch} → ${after.leaderEpoch}`,
    );
  }
  #checkInSync(place: string, before: PartitionImage | undefined, after: PartitionImage): void {
    const { leader, inSyncReplicas, replicas } = after;
    const text = () => `${place}: leader ${leader}, in sync ${inSyncReplicas}, replicas ${replicas}`;
    // Without a leader nobody may be in sync: who may lead again is then among the eligible (KIP-966).
    holds(6, inSyncReplicas.length > 0 || leader === -1, text);
    holds(
      6,
      inSyncReplicas.every((id) => replicas.includes(id)),
      text,
    );
    holds(6, leader === -1 || inSyncReplicas.includes(leader), text);
    const joined = inSyncReplicas.filter((id) => !(before ?? after).inSyncReplicas.includes(id));
    for (const id of joined) {
      const broker = this.state.brokers.get(id);
      holds(
        7,
        broker?.isFenced === false,
        () => `${place}: broker ${id} joined the in-sync replicas while it is fenced`,
      );
    }
    const isElected = leader !== -1 && leader !== before?.leader;
    const isLive = this.state.brokers.get(leader)?.isFenced === false;
    holds(7, !isElected || isLive, () => `${place}: broker ${leader} was elected while it is fenced`);
  }
}

function sameImage(a: PartitionImage, b: PartitionImage): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
