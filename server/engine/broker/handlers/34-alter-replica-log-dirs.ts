// 34 AlterReplicaLogDirs, versions 1–2. KIP-113. A broker has one log dir, so a replica can only be asked to stay where it is
// (ReplicaManager.alterReplicaLogDirs).
import { ErrorCode } from '../../../protocol/errors.ts';
import { alterReplicaLogDirs } from '../../../protocol/schema/34-alter-replica-log-dirs.ts';
import { type Handler, serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

const MAX_FOLDER_NAME_LENGTH = 255;
/** What Kafka calls the folder of a log that is being moved: "topic-partition.<32 digits>-future". */
const FUTURE_SUFFIX_LENGTH = '.'.length + 32 + '-future'.length;

/** LOG_DIR_NOT_FOUND, REPLICA_NOT_AVAILABLE for what this broker does not have, INVALID_TOPIC_EXCEPTION for too long a name. */
export function alterReplicaLogDirsHandler(broker: Broker): Handler {
  return serve(alterReplicaLogDirs, ({ dirs }) => {
    const topics = new Map<string, Map<number, number>>();
    for (const { path, topics: asked } of dirs) {
      for (const { name, partitions } of asked) {
        const outcomes = topics.get(name) ?? new Map<number, number>();
        for (const index of partitions) outcomes.set(index, outcomeOf(broker, path, name, index));
        // Kafka has no entry for a topic of which no partition was named.
        if (outcomes.size > 0) topics.set(name, outcomes);
      }
    }
    const results = [...topics].map(([topicName, outcomes]) => ({
      topicName,
      partitions: [...outcomes].map(([partitionIndex, errorCode]) => ({ partitionIndex, errorCode })),
    }));
    return { results };
  });
}

function outcomeOf(broker: Broker, path: string, topic: string, index: number): number {
  if (`${topic}-${index}`.length + FUTURE_SUFFIX_LENGTH > MAX_FOLDER_NAME_LENGTH)
    return ErrorCode.INVALID_TOPIC_EXCEPTION;
  if (path !== broker.options.folder) return ErrorCode.LOG_DIR_NOT_FOUND;
  if (broker.replicas.get(topic, index) !== undefined) return ErrorCode.NONE;
  const isKnown = broker.controller.image.topics.get(topic)?.partitions[index] !== undefined;
  return isKnown ? ErrorCode.REPLICA_NOT_AVAILABLE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
}
