// One marker into one partition led here, for WriteTxnMarkers and for the coordinator in this broker. In __consumer_offsets the
// group coordinator writes it, so that positions count at the same moment.
import { ErrorCode } from '../../../protocol/errors.ts';
import { OFFSETS_TOPIC } from '../../metadata/topic-name.ts';
import type { Broker } from '../broker.ts';
import type { PartitionMarker } from './marker-queue.ts';

const COMMIT_TIMEOUT_MS = 15_000;

/** Resolves with NONE once the marker is committed, or the code of what stands against it. Refusals come at once. */
export function writeMarker(broker: Broker, marker: PartitionMarker): Promise<number> {
  const { replicas, groups, world } = broker;
  const { topic, partition, transactionVersion } = marker;
  if (topic === OFFSETS_TOPIC) return groups.endTransaction(partition, marker, transactionVersion);
  const replica = replicas.leaderFor(topic, partition, -1);
  if (typeof replica === 'number') return Promise.resolve(replica);
  if (!replicas.hasEnoughInSync(replica)) return Promise.resolve(ErrorCode.NOT_ENOUGH_REPLICAS);
  const outcome = replicas.appendMarker(replica, marker, transactionVersion);
  if (outcome.kind === 'refused') return Promise.resolve(outcome.errorCode);
  return new Promise((resolve) => {
    let giveUp = (): void => {};
    const cancel = world.timers.after(COMMIT_TIMEOUT_MS, () => {
      giveUp();
      resolve(ErrorCode.REQUEST_TIMED_OUT);
    });
    giveUp = replicas.whenCommitted(replica, outcome.lastOffset, (errorCode) => {
      cancel();
      resolve(errorCode);
    });
  });
}
