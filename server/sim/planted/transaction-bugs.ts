// Bugs on purpose in transactions and in groups whose coordinator assigns.
import { MarkerQueue } from '../../engine/broker/transactions/marker-queue.ts';
import { GroupCoordinator } from '../../engine/coordinator/group-coordinator.ts';
import { PendingOffsets } from '../../engine/coordinator/offsets/pending.ts';
import { TransactionCoordinator } from '../../engine/coordinator/transaction/transaction-coordinator.ts';
import { PartitionLog } from '../../engine/storage/log/log.ts';
import { LogState } from '../../engine/storage/log/state.ts';
import { type PlantedBug, replace, replaceGetter } from './bug.ts';

const TRANSACTIONS = { transactors: 2 };
const COPIERS = { copiers: 2 };

export const TRANSACTION_BUGS: readonly PlantedBug[] = [
  {
    name: 'ends a transaction without a marker in its last partition',
    seeds: 5,
    clients: TRANSACTIONS,
    install: () =>
      replace(
        MarkerQueue.prototype,
        'send',
        (old) =>
          function (this: MarkerQueue, transaction, coordinatorEpoch, done) {
            const [last] = [...transaction.partitions.keys()].slice(-1);
            const indexes = [...(transaction.partitions.get(last ?? '') ?? [])].slice(0, -1);
            const partitions = new Map([...transaction.partitions, [last ?? '', new Set(indexes)]]);
            return old.call(this, { ...transaction, partitions }, coordinatorEpoch, done);
          },
      ),
  },
  {
    name: 'lets read_committed readers read up to the high watermark',
    seeds: 5,
    clients: TRANSACTIONS,
    install: () =>
      replaceGetter(PartitionLog.prototype, 'lastStableOffset', function () {
        return this.highWatermark;
      }),
  },
  {
    name: 'forgets on recovery which transactions were aborted',
    seeds: 20,
    clients: TRANSACTIONS,
    needs: { killMs: 4000 },
    install: () => replace(LogState.prototype, 'recoverTransactions', () => () => {}),
  },
  {
    name: 'lets a replaced producer commit',
    seeds: 10,
    clients: TRANSACTIONS,
    install: () =>
      replace(
        TransactionCoordinator.prototype,
        'endTransaction',
        (old) =>
          function (this: TransactionCoordinator, transactionalId, request) {
            const known = this.describe(transactionalId);
            const { producerId, producerEpoch } = typeof known === 'number' ? request : known;
            return old.call(this, transactionalId, { ...request, producerId, producerEpoch });
          },
      ),
  },
  {
    name: 'counts the offsets of an aborted transaction',
    seeds: 5,
    clients: COPIERS,
    install: () =>
      replace(
        GroupCoordinator.prototype,
        'endTransaction',
        (old) =>
          function (this: GroupCoordinator, partition, marker, transactionVersion) {
            return old.call(this, partition, { ...marker, isCommit: true }, transactionVersion);
          },
      ),
  },
  {
    name: 'forgets the offsets of a transaction that commits',
    seeds: 5,
    clients: COPIERS,
    install: () => replace(PendingOffsets.prototype, 'take', () => () => []),
  },
  {
    name: 'takes it that members let go of partitions at once',
    seeds: 10,
    clients: { assignedMembers: 3 },
    install: () =>
      replace(
        GroupCoordinator.prototype,
        'consumerGroupHeartbeat',
        (old) =>
          function (this: GroupCoordinator, request, context) {
            const topicPartitions = request.topicPartitions === null ? null : [];
            return old.call(this, { ...request, topicPartitions }, context);
          },
      ),
  },
];
