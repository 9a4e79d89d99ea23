// 46 ListPartitionReassignments, version 0. KIP-455: the moves under way. The controller answers, so that what it just took on is there.
import { listPartitionReassignments } from '../../../protocol/schema/46-list-partition-reassignments.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

export function listPartitionReassignmentsHandler(broker: Broker): Handler {
  return serve(listPartitionReassignments, async (request) => {
    const outcome = await forwarded(broker, listPartitionReassignments, request, request.timeoutMs);
    return 'answer' in outcome ? outcome.answer : outcome.noAnswer;
  });
}
