// 2 ListOffsets, versions 1–11. KIP-79, KIP-207, KIP-396, KIP-734 (max timestamp, v7), KIP-405 (−4, −5), KIP-1023 (−6). Answers
// for partitions led here; look-ups by timestamp are exact to the record. The newest offset is the high watermark, or the last
// stable offset for read_committed; right after an election, while records of earlier epochs may be committed beyond what this leader knows, it
// is not available (KIP-207). There is no tiered storage: the earliest local offset is the log's start, tiered ones are unknown.
// A debugging replica (−2) is answered by followers too, and its newest offset is the end of this broker's log (ReplicaManager).
import type { Int64 } from '../../../kernel/int64.ts';
import { DiskError } from '../../../kernel/world.ts';
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { listOffsets } from '../../../protocol/schema/02-list-offsets.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import type { Replica } from '../replica.ts';

type PartitionRequest = RequestOf<typeof listOffsets>['topics'][number]['partitions'][number];
type TopicAnswer = NonNullable<ResponseInput<typeof listOffsets>['topics']>[number];
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number];

const DEBUGGING_REPLICA = -2;
const READ_COMMITTED = 1;
const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const EARLIEST_LOCAL = -4;
const LATEST_TIERED = -5;
const EARLIEST_PENDING_UPLOAD = -6;
/** First version that knows each of the later questions. */
const SINCE_VERSION: ReadonlyMap<Int64, number> = new Map([
  [LATEST, 1],
  [EARLIEST, 1],
  [MAX_TIMESTAMP, 7],
  [EARLIEST_LOCAL, 8],
  [LATEST_TIERED, 9],
  [EARLIEST_PENDING_UPLOAD, 11],
]);
/** Clients of older versions know LEADER_NOT_AVAILABLE instead. */
const NOT_AVAILABLE_SINCE_VERSION = 5;
const UNKNOWN = { offset: -1, timestamp: -1, leaderEpoch: -1 };

export function listOffsetsHandler(broker: Broker): Handler {
  return serve(listOffsets, (request, context) => {
    const answerTo = (topic: string, asked: PartitionRequest, isTwice: boolean): PartitionAnswer => {
      if (isTwice) return { errorCode: ErrorCode.INVALID_REQUEST };
      const isOfDebugger = request.replicaId === DEBUGGING_REPLICA && asked.timestamp === LATEST;
      if (isOfDebugger) return logEndOf(broker, topic, asked);
      return offsetOf(broker, topic, asked, { version: context.apiVersion, ...request });
    };
    return {
      topics: Array.from(byPlace(request.topics), ([name, partitions]) => ({
        name,
        partitions: Array.from(partitions, ([partitionIndex, { asked, isTwice }]) => ({
          partitionIndex,
          ...answerTo(name, asked, isTwice),
        })),
      })),
    };
  });
}

type Places = Map<string, Map<number, { readonly asked: PartitionRequest; isTwice: boolean }>>;

/** Each partition once, also when it is asked for more often. */
function byPlace(topics: RequestOf<typeof listOffsets>['topics']): Places {
  const places: Places = new Map();
  for (const { name, partitions } of topics) {
    const ofTopic: NonNullable<ReturnType<Places['get']>> = places.get(name) ?? new Map();
    places.set(name, ofTopic);
    for (const asked of partitions) {
      const before = ofTopic.get(asked.partitionIndex);
      if (before === undefined) ofTopic.set(asked.partitionIndex, { asked, isTwice: false });
      else before.isTwice = true;
    }
  }
  return places;
}

interface Asking {
  readonly version: number;
  readonly isolationLevel: number;
}
function offsetOf(broker: Broker, topic: string, asked: PartitionRequest, asking: Asking): PartitionAnswer {
  const replica = broker.replicas.leaderFor(topic, asked.partitionIndex, asked.currentLeaderEpoch);
  if (typeof replica === 'number') return { errorCode: replica };
  const { timestamp } = asked;
  if (timestamp < 0) {
    const since = SINCE_VERSION.get(timestamp);
    if (since === undefined || asking.version < since) return { errorCode: ErrorCode.UNSUPPORTED_VERSION };
  }
  try {
    return findOffset(replica, timestamp, asking);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    broker.world.log.error(`look-up in ${topic}-${asked.partitionIndex}: ${error.message}`);
    return { errorCode: ErrorCode.KAFKA_STORAGE_ERROR };
  }
}

/** Of a partition led or followed here. */
function logEndOf(broker: Broker, topic: string, asked: PartitionRequest): PartitionAnswer {
  const replica = broker.replicas.get(topic, asked.partitionIndex);
  if (replica === undefined) {
    const refusal = broker.replicas.leaderFor(topic, asked.partitionIndex, asked.currentLeaderEpoch);
    return { errorCode: typeof refusal === 'number' ? refusal : ErrorCode.NOT_LEADER_OR_FOLLOWER };
  }
  return { offset: replica.log.endOffset, timestamp: -1, leaderEpoch: replica.leaderEpoch };
}

function findOffset(replica: Replica, timestamp: Int64, { version, isolationLevel }: Asking): PartitionAnswer {
  const { log, highWatermark } = replica;
  const upToOffset = isolationLevel === READ_COMMITTED ? log.lastStableOffset : highWatermark;
  const isBehind = highWatermark < (replica.leadership?.epochStartOffset ?? 0);
  switch (timestamp) {
    case LATEST:
      if (isBehind) return notAvailable(version);
      return { offset: upToOffset, timestamp: -1, leaderEpoch: replica.leaderEpoch };
    case EARLIEST:
    case EARLIEST_LOCAL:
      return { offset: log.startOffset, timestamp: -1, leaderEpoch: log.epochOf(log.startOffset) };
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      return UNKNOWN;
    default: {
      const isMax = timestamp === MAX_TIMESTAMP;
      const found = isMax ? log.findMaxTimestamp(log.endOffset) : log.findByTimestamp(timestamp, upToOffset);
      // The largest of all, or none: not the largest of what may be read.
      if (found === null || found.offset >= upToOffset) return isBehind ? notAvailable(version) : UNKNOWN;
      return { offset: found.offset, timestamp: found.timestampMs, leaderEpoch: found.leaderEpoch };
    }
  }
}

function notAvailable(version: number): PartitionAnswer {
  return {
    errorCode: version >= NOT_AVAILABLE_SINCE_VERSION ? ErrorCode.OFFSET_NOT_AVAILABLE : ErrorCode.LEADER_NOT_AVAILABLE,
  };
}
