// Puts a broker's transaction parts together: the coordinator over __transaction_state, the queue of markers, and who asks other
// coordinators. Called once by start.ts.
import { TransactionCoordinator } from '../../coordinator/transaction/transaction-coordinator.ts';
import { TRANSACTIONS_TOPIC } from '../../metadata/topic-name.ts';
import type { Broker } from '../broker.ts';
import { nextProducerId } from '../handlers/22-init-producer-id.ts';
import { coordinatorStore } from '../offsets-store.ts';
import { MarkerQueue } from './marker-queue.ts';
import { TransactionPartitions } from './transaction-partitions.ts';
import { writeMarker } from './write-marker.ts';

/** `broker` is not asked anything before it serves. */
export function startTransactions(broker: Broker): {
  readonly coordinator: TransactionCoordinator;
  readonly markers: MarkerQueue;
  readonly partitions: TransactionPartitions;
} {
  const { world, replicas, options } = broker;
  const common = { world, nodeId: options.nodeId, image: () => broker.controller.image };
  const markers = new MarkerQueue({ ...common, writeHere: (marker) => writeMarker(broker, marker) });
  const coordinator = new TransactionCoordinator({
    world,
    store: coordinatorStore(world, replicas, TRANSACTIONS_TOPIC),
    markers,
    settings: (name) => broker.setting(name),
    partitionCount: () => broker.controller.image.topics.get(TRANSACTIONS_TOPIC)?.partitions.length ?? 0,
    nextProducerId: () => nextProducerId(broker),
  });
  const setting = (name: string) => broker.setting(name);
  return { coordinator, markers, partitions: new TransactionPartitions({ ...common, coordinator, setting }) };
}
