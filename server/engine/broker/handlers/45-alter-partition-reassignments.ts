// 45 AlterPartitionReassignments, versions 0–1. KIP-455: replicas move to other brokers, or a move is cancelled. The controller decides.
import { ErrorCode } from '../../../protocol/errors.ts';
import { alterPartitionReassignments } from '../../../protocol/schema/45-alter-partition-reassignments.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

export function alterPartitionReassignmentsHandler(broker: Broker): Handler {
  return serve(alterPartitionReassignments, async (request) => {
    const outcome = await forwarded(broker, alterPartitionReassignments, request, request.timeoutMs);
    if ('answer' in outcome) return outcome.answer;
    const { allowReplicationFactorChange, topics } = request;
    const responses = topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, ...outcome.noAnswer })),
    }));
    return { allowReplicationFactorChange, errorCode: ErrorCode.NONE, responses };
  });
}
