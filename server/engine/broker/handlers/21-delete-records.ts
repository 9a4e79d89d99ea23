// 21 DeleteRecords, versions 0–2. KIP-107: moves the start of a log up to an offset; −1 means the high watermark. Answers when no
// live replica has the records any more, with the smallest start of their logs (Kafka's DelayedDeleteRecords).

import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { deleteRecords } from '../../../protocol/schema/21-delete-records.ts';
import { isInternalTopic } from '../../metadata/topic-name.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import type { Replica } from '../replica.ts';
import { type Wait, whenAllDone } from '../replication/when-all.ts';

const UP_TO_HIGH_WATERMARK = -1;

interface Outcome {
  readonly errorCode: ErrorCode;
  readonly lowWatermark: number;
}
/** One partition of the answer; `waiting` while a live replica still has the records. */
interface Deletion {
  readonly partitionIndex: number;
  outcome: Outcome;
  readonly waiting: { readonly replica: Replica; readonly offset: number } | null;
}

export function deleteRecordsHandler(broker: Broker): Handler {
  return serve(deleteRecords, (request, context) => {
    const { world, replicas } = broker;
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex, offset }) => deleteBefore(broker, name, partitionIndex, offset)),
    }));
    const answer = () => ({
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, outcome }) => ({ partitionIndex, ...outcome })),
      })),
    });
    const waits: Wait[] = [];
    const late: ((errorCode: ErrorCode) => void)[] = [];
    for (const deletion of topics.flatMap(({ partitions }) => partitions)) {
      const { waiting } = deletion;
      if (waiting === null) continue;
      waits.push((done) => replicas.whenDeleted(waiting.replica, waiting.offset, done));
      late.push((errorCode) => {
        deletion.outcome = ended(broker, waiting.replica, errorCode);
      });
    }
    if (waits.length === 0) return answer();
    return whenAllDone({ world, context }, waits, request.timeoutMs).then((codes) => {
      for (const [i, code] of codes.entries()) late[i]?.(code);
      return answer();
    });
  });
}

function ended(broker: Broker, replica: Replica, errorCode: ErrorCode): Outcome {
  const isLed = errorCode !== ErrorCode.NOT_LEADER_OR_FOLLOWER;
  return { errorCode, lowWatermark: isLed ? broker.replicas.lowWatermark(replica) : -1 };
}

function deleteBefore(broker: Broker, topic: string, partition: number, offset: number): Deletion {
  const failed = (errorCode: ErrorCode): Deletion => ({
    partitionIndex: partition,
    outcome: { errorCode, lowWatermark: -1 },
    waiting: null,
  });
  if (isInternalTopic(topic)) return failed(ErrorCode.INVALID_TOPIC_EXCEPTION);
  const replica = broker.replicas.leaderFor(topic, partition, -1);
  if (typeof replica === 'number') return failed(replica);
  if (!replica.log.config.isDeleted) return failed(ErrorCode.POLICY_VIOLATION);
  const target = offset === UP_TO_HIGH_WATERMARK ? replica.highWatermark : offset;
  if (target < 0 || target > replica.highWatermark) return failed(ErrorCode.OFFSET_OUT_OF_RANGE);
  try {
    replica.log.deleteRecordsBefore(target);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    broker.world.log.error(`deleting records of ${topic}-${partition}: ${error.message}`);
    return failed(ErrorCode.KAFKA_STORAGE_ERROR);
  }
  broker.replicas.parked.partitionChanged(replica);
  const lowWatermark = broker.replicas.lowWatermark(replica);
  return {
    partitionIndex: partition,
    outcome: { errorCode: ErrorCode.NONE, lowWatermark },
    waiting: lowWatermark < target ? { replica, offset: target } : null,
  };
}
