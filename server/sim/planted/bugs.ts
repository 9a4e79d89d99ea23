// Bugs on purpose: each replaces one method of the production engine while it is installed, and must be found by the runs within the
// number of seeds it states. That is the measured detection power of the simulation. Production code knows nothing of this.
import { Replicas } from '../../engine/broker/replicas.ts';
import { GroupCoordinator } from '../../engine/coordinator/group-coordinator.ts';
import { Shard } from '../../engine/coordinator/runtime.ts';
import { MetadataState } from '../../engine/metadata/state.ts';
import { METADATA_TOPIC, OFFSETS_TOPIC } from '../../engine/metadata/topic-name.ts';
import { LeaderState } from '../../engine/replication/leader.ts';
import { PartitionLog } from '../../engine/storage/log/log.ts';
import { LogState } from '../../engine/storage/log/state.ts';
import { ProducerState } from '../../engine/storage/producer/producer-state.ts';
import { ANSWER_BUGS } from './answer-bugs.ts';
import { type PlantedBug, replace } from './bug.ts';
import { REPLICATION_BUGS } from './replication-bugs.ts';
import { acceptStaleMembers } from './stale-members.ts';
import { STORAGE_BUGS } from './storage-bugs.ts';
import { TRANSACTION_BUGS } from './transaction-bugs.ts';

export const PLANTED: readonly PlantedBug[] = [
  {
    name: 'acknowledges before it is replicated',
    seeds: 3,
    install: () =>
      replace(Replicas.prototype, 'whenCommitted', () => (_replica, _offset, done) => {
        done(0);
        return () => {};
      }),
  },
  {
    name: 'moves the high watermark past the in-sync replicas',
    seeds: 3,
    install: () =>
      replace(
        LeaderState.prototype,
        'highWatermarkAfter',
        () => (highWatermark, view) => Math.max(highWatermark, view.endOffset),
      ),
  },
  {
    name: 'skips truncation',
    seeds: 10,
    install: () => replace(PartitionLog.prototype, 'truncateTo', () => () => {}),
  },
  {
    name: 'cuts a follower to its own high watermark',
    seeds: 10,
    install: () =>
      replace(
        PartitionLog.prototype,
        'truncateTo',
        (old) =>
          function (this: PartitionLog, offset: number) {
            old.call(this, Math.min(offset, this.highWatermark - 1));
          },
      ),
  },
  {
    name: 'uses a leader epoch twice',
    seeds: 5,
    install: () =>
      replace(
        MetadataState.prototype,
        'replay',
        (old) =>
          function (this: MetadataState, record, offset) {
            const topic = record.kind === 'partitionChange' ? this.topicsById.get(record.body.topicId) : undefined;
            const at = record.kind === 'partitionChange' ? record.body.partitionId : -1;
            const leaderEpoch = topic?.partitions[at]?.leaderEpoch;
            old.call(this, record, offset);
            if (topic === undefined || leaderEpoch === undefined) return;
            Object.assign(topic.partitions[at] ?? {}, { leaderEpoch });
          },
      ),
  },
  {
    name: 'lets a stale member commit',
    seeds: 40,
    first: 2,
    install: () => acceptStaleMembers(GroupCoordinator.prototype, Shard.prototype),
  },
  {
    name: 'forgets leader epochs on recovery',
    seeds: 20,
    needs: { killMs: 1500, powerLossMs: 8000 },
    install: () => replace(LogState.prototype, 'recoverEpochs', () => () => {}),
  },
  {
    name: 'never lets a lagging follower leave the in-sync replicas',
    seeds: 20,
    first: 8,
    needs: { cutMs: 3000, oneWayCutMs: 3000 },
    install: () => replace(LeaderState.prototype, 'shrink', () => () => null),
  },
  {
    name: 'lets a follower into the in-sync replicas before it has caught up',
    seeds: 10,
    first: 2,
    install: () =>
      replace(
        LeaderState.prototype,
        'expand',
        (old) =>
          function (this: LeaderState, brokerId, _highWatermark, view) {
            return old.call(this, brokerId, 0, view);
          },
      ),
  },
  {
    name: 'believes that a follower which came back with less has everything',
    seeds: 20,
    first: 2,
    needs: { powerLossMs: 8000, wipeMs: 6000 },
    install: () => {
      const most = new WeakMap<LeaderState, Map<number, number>>();
      return replace(
        LeaderState.prototype,
        'fetched',
        (old) =>
          function (this: LeaderState, brokerId, o) {
            const offsets = most.get(this) ?? new Map<number, number>();
            most.set(this, offsets);
            const isBack = o.fetchOffset < (offsets.get(brokerId) ?? 0);
            const fetchOffset = isBack ? o.endOffset : o.fetchOffset;
            if (!isBack) offsets.set(brokerId, fetchOffset);
            return old.call(this, brokerId, { ...o, fetchOffset });
          },
      );
    },
  },
  {
    name: 'says that metadata is on disk before it is',
    seeds: 20,
    needs: { controllerPowerLossMs: 5000 },
    install: () =>
      replace(
        PartitionLog.prototype,
        'flush',
        (old) =>
          function (this: PartitionLog) {
            return this.topic === METADATA_TOPIC ? Promise.resolve() : old.call(this);
          },
      ),
  },
  {
    name: 'takes an idempotent producer’s repetition for news',
    seeds: 10,
    first: 3,
    install: () => replace(ProducerState.prototype, 'check', () => () => ({ kind: 'inOrder' })),
  },
  {
    name: 'forgets committed offsets when the coordinator moves',
    seeds: 20,
    first: 3,
    install: () =>
      replace(
        PartitionLog.prototype,
        'batches',
        (old) =>
          function* (this: PartitionLog, fromOffset: number) {
            if (this.topic !== OFFSETS_TOPIC) yield* old.call(this, fromOffset);
          },
      ),
  },
  ...REPLICATION_BUGS,
  ...TRANSACTION_BUGS,
  ...ANSWER_BUGS,
  ...STORAGE_BUGS,
];
