// 35 DescribeLogDirs, versions 1–5. KIP-113, KIP-827 (volume sizes, v4), v5 cordoned dirs. A broker has one log dir.
import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { describeLogDirs } from '../../../protocol/schema/35-describe-log-dirs.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function describeLogDirsHandler(broker: Broker): Handler {
  return serve(describeLogDirs, (request) => {
    const asked = request.topics === null ? null : new Map(request.topics.map((t) => [t.topic, new Set(t.partitions)]));
    const topics = new Map<string, { partitionIndex: number; partitionSize: number; offsetLag: number }[]>();
    for (const { topic, partition, log, leaderHighWatermark, isLeader } of broker.replicas.all()) {
      if (asked !== null && asked.get(topic)?.has(partition) !== true) continue;
      const partitions = topics.get(topic) ?? [];
      // How far a follower's log ends before what its leader called committed last.
      const offsetLag = isLeader ? 0 : Math.max(0, leaderHighWatermark - log.endOffset);
      partitions.push({ partitionIndex: partition, partitionSize: log.sizeBytes, offsetLag });
      topics.set(topic, partitions);
    }
    return {
      errorCode: ErrorCode.NONE,
      results: [
        {
          errorCode: ErrorCode.NONE,
          logDir: broker.options.folder,
          ...volumeOf(broker),
          topics: [...topics].map(([name, partitions]) => ({ name, partitions })),
        },
      ],
    };
  });
}

/** −1, Kafka's "not known", when the disk cannot say. */
function volumeOf({ world, options }: Broker): { totalBytes?: number; usableBytes?: number } {
  try {
    return world.disk.volume(options.folder) ?? {};
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    world.log.warn(`volume of ${options.folder}: ${error.message}`);
    return {};
  }
}
