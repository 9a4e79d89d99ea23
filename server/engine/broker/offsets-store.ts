// The coordinator's store over one internal topic: appends to partitions led here, tells when they are committed, reads them back.
import type { World } from '../../kernel/world.ts';
import { ErrorCode, errorName } from '../../protocol/errors.ts';
import {
  isControl,
  isTransactional,
  NO_PRODUCER_ID,
  readBatchHeader,
  TRANSACTIONAL_BIT,
} from '../../protocol/records/batch.ts';
import { markerOf } from '../../protocol/records/marker.ts';
import { decodeRecords, encodeBatch } from '../../protocol/records/record.ts';
import type { CoordinatorStore } from '../coordinator/store.ts';
import type { AppendOutcome } from '../storage/outcome.ts';
import type { Replica } from './replica.ts';
import type { Replicas } from './replicas.ts';

/** Time one step of a replay may take before other work gets its turn. */
const REPLAY_STEP_MS = 10;
/** The most a stored batch may decompress to. */
const MAX_BATCH_BYTES = 128 * 1024 * 1024;

export function coordinatorStore(world: World, replicas: Replicas, topic: string): CoordinatorStore {
  return {
    append(partition, records, producer) {
      const replica = replicas.leaderFor(topic, partition, -1);
      if (typeof replica === 'number') return { errorCode: replica };
      if (!replicas.hasEnoughInSync(replica)) return { errorCode: ErrorCode.NOT_ENOUGH_REPLICAS };
      // A coordinator's batches bear no sequence that means anything (CoordinatorRuntime).
      const transactional = producer === undefined ? {} : { ...producer, baseSequence: 0, flags: TRANSACTIONAL_BIT };
      const bytes = encodeBatch({ records, ...transactional });
      return appending(replica, () => replicas.append(replica, bytes, 'coordinator'));
    },

    appendMarker(partition, marker, transactionVersion) {
      const replica = replicas.leaderFor(topic, partition, -1);
      if (typeof replica === 'number') return { errorCode: replica };
      if (!replicas.hasEnoughInSync(replica)) return { errorCode: ErrorCode.NOT_ENOUGH_REPLICAS };
      return appending(replica, () => replicas.appendMarker(replica, marker, transactionVersion));
    },

    whenCommitted(partition, offset, done) {
      const replica = replicas.leaderFor(topic, partition, -1);
      if (typeof replica === 'number') done(replica);
      else replicas.whenCommitted(replica, offset, done);
    },

    async replay(partition, each, onMarker) {
      const replica = replicas.leaderFor(topic, partition, -1);
      if (typeof replica === 'number') throw new Error(`it is not led here: ${errorName(replica)}`);
      let stepEndMs = world.clock.monotonicMs() + REPLAY_STEP_MS;
      for (const batch of replica.log.batches(replica.log.startOffset)) {
        const header = readBatchHeader(batch, 0);
        if (isControl(header.attributes)) {
          const marker = markerOf(batch, 0, header);
          if (marker !== null) onMarker?.(header.producerId, marker);
        } else {
          const producerId = isTransactional(header.attributes) ? header.producerId : NO_PRODUCER_ID;
          for (const record of decodeRecords(batch, 0, header, world.compression, MAX_BATCH_BYTES))
            each({ ...record, producerId });
        }
        if (world.clock.monotonicMs() >= stepEndMs) {
          await new Promise<void>((resolve) => world.timers.soon(resolve));
          // The leader may be another by now, or the topic gone and its files with it.
          if (replicas.leaderFor(topic, partition, -1) !== replica) throw new Error('it is not led here any more');
          stepEndMs = world.clock.monotonicMs() + REPLAY_STEP_MS;
        }
      }
    },
  };
}

/**
 * What is refused because it could not be flushed is in the log all the same and may become committed: the coordinator has to know it
 * as a later one would, and answers when it is committed.
 */
function appending({ log }: Replica, append: () => AppendOutcome): ReturnType<CoordinatorStore['append']> {
  const { endOffset } = log;
  const outcome = append();
  if (outcome.kind !== 'refused') return { lastOffset: outcome.lastOffset };
  return log.endOffset > endOffset ? { lastOffset: log.endOffset - 1 } : { errorCode: outcome.errorCode };
}
