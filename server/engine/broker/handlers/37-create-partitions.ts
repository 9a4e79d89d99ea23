// 37 CreatePartitions, versions 0–3. KIP-195. The controller decides; every topic asked for is answered.
import { createPartitions } from '../../../protocol/schema/37-create-partitions.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

export function createPartitionsHandler(broker: Broker): Handler {
  return serve(createPartitions, async (request, context) => {
    const outcome = await forwarded(broker, createPartitions, request, request.timeoutMs, context);
    if ('answer' in outcome) return outcome.answer;
    return { results: request.topics.map(({ name }) => ({ name, ...outcome.noAnswer })) };
  });
}
