// 23 OffsetForLeaderEpoch, versions 2–4. KIP-101, KIP-320: where an epoch ended, so that clients notice a cut log.
import { ErrorCode } from '../../../protocol/errors.ts';
import { offsetForLeaderEpoch } from '../../../protocol/schema/23-offset-for-leader-epoch.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function offsetForLeaderEpochHandler(broker: Broker): Handler {
  return serve(offsetForLeaderEpoch, (request) => ({
    topics: request.topics.map((topic) => ({
      topic: topic.topic,
      partitions: topic.partitions.map(({ partition, currentLeaderEpoch, leaderEpoch }) => {
        const replica = broker.replicas.leaderFor(topic.topic, partition, currentLeaderEpoch);
        if (typeof replica === 'number') return { partition, errorCode: replica };
        const end = replica.endOfEpoch(leaderEpoch, broker.world.log);
        if (end === null) return { partition, errorCode: ErrorCode.KAFKA_STORAGE_ERROR };
        return { partition, errorCode: ErrorCode.NONE, leaderEpoch: end.epoch, endOffset: end.endOffset };
      }),
    })),
  }));
}
