// 21 DeleteRecords, versions 0–2. KIP-107: moves the start of a log up to an offset; −1 means the high watermark.
// DIVERGES: does not wait for followers, who hear of it with their next fetch; the low watermark is the leader's.

import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { deleteRecords } from '../../../protocol/schema/21-delete-records.ts';
import { isInternalTopic } from '../../metadata/topic-name.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

const UP_TO_HIGH_WATERMARK = -1;

export function deleteRecordsHandler(broker: Broker): Handler {
  return serve(deleteRecords, (request) => ({
    topics: request.topics.map((topic) => ({
      name: topic.name,
      partitions: topic.partitions.map(({ partitionIndex, offset }) => ({
        partitionIndex,
        ...deleteBefore(broker, topic.name, partitionIndex, offset),
      })),
    })),
  }));
}

interface Outcome {
  readonly errorCode: ErrorCode;
  readonly lowWatermark: number;
}
const failed = (errorCode: ErrorCode): Outcome => ({ errorCode, lowWatermark: -1 });

function deleteBefore(broker: Broker, topic: string, partition: number, offset: number): Outcome {
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
  return { errorCode: ErrorCode.NONE, lowWatermark: replica.log.startOffset };
}
