// 43 ElectLeaders, versions 0–2. KIP-460: preferred elections, and from version 1 unclean ones. The controller decides.
import { electLeaders } from '../../../protocol/schema/43-elect-leaders.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

export function electLeadersHandler(broker: Broker): Handler {
  return serve(electLeaders, async (request) => {
    const outcome = await forwarded(broker, electLeaders, request, request.timeoutMs);
    if ('answer' in outcome) return outcome.answer;
    const { errorCode } = outcome.noAnswer;
    const replicaElectionResults = (request.topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, ...outcome.noAnswer })),
    }));
    return { errorCode, replicaElectionResults };
  });
}
