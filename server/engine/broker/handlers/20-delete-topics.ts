// 20 DeleteTopics, versions 1–6. KIP-4, KIP-516 (by topic id, v6). The controller decides; brokers follow the metadata log.
import { deleteTopics } from '../../../protocol/schema/20-delete-topics.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

const BY_TOPIC_SINCE_VERSION = 6;

export function deleteTopicsHandler(broker: Broker): Handler {
  return serve(deleteTopics, async (request, context) => {
    const isNewest = context.apiVersion >= BY_TOPIC_SINCE_VERSION;
    const topics = isNewest ? request.topics : request.topicNames.map((name) => ({ name }));
    const { topicNames, timeoutMs } = request;
    const named = isNewest ? { topics, timeoutMs } : { topicNames, timeoutMs };
    const outcome = await forwarded(broker, deleteTopics, named, timeoutMs, context);
    if ('answer' in outcome) return outcome.answer;
    return { responses: topics.map((topic) => ({ ...topic, ...outcome.noAnswer })) };
  });
}
