// 61 DescribeProducers, version 0. KIP-664: who writes to partitions held here, and where open transactions begin. Followers answer
// as well as leaders: administrators ask a broker of their choice.

import { DiskError } from '../../../kernel/world.ts';
import type { ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { describeProducers } from '../../../protocol/schema/61-describe-producers.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

type TopicAnswer = NonNullable<ResponseInput<typeof describeProducers>['topics']>[number];
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number];

export function describeProducersHandler(broker: Broker): Handler {
  return serve(describeProducers, (request) => ({
    topics: request.topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partition) => describe(broker, name, partition)),
    })),
  }));
}

function describe(broker: Broker, topic: string, partitionIndex: number): PartitionAnswer {
  const replica = broker.replicas.replicaFor(topic, partitionIndex, -1);
  if (typeof replica === 'number') return { partitionIndex, errorCode: replica };
  try {
    const activeProducers = [...replica.log.producers()].map((one) => ({
      producerId: one.producerId,
      producerEpoch: one.producerEpoch,
      lastSequence: one.lastSequence,
      lastTimestamp: one.lastTimestampMs,
      coordinatorEpoch: one.coordinatorEpoch,
      currentTxnStartOffset: one.currentTransactionStartOffset,
    }));
    return { partitionIndex, activeProducers };
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    return { partitionIndex, errorCode: ErrorCode.KAFKA_STORAGE_ERROR, errorMessage: error.message };
  }
}
