// 19 CreateTopics, versions 2–7. KIP-4, KIP-195 (defaults for −1), KIP-525 (effective configs, v5), KIP-516 (topic id, v7). The
// controller decides; it answers when the live brokers know the topics, so that they can be used at once.
import { createTopics } from '../../../protocol/schema/19-create-topics.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

export function createTopicsHandler(broker: Broker): Handler {
  return serve(createTopics, async (request, context) => {
    const outcome = await forwarded(broker, createTopics, request, request.timeoutMs, context);
    if ('answer' in outcome) return outcome.answer;
    return { topics: request.topics.map(({ name }) => ({ name, ...outcome.noAnswer, configs: null })) };
  });
}
