// 44 IncrementalAlterConfigs, versions 0–1. KIP-339: SET, DELETE, APPEND and SUBTRACT, setting by setting. The controller decides.
import { incrementalAlterConfigs } from '../../../protocol/schema/44-incremental-alter-configs.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

const TIMEOUT_MS = 30_000;

export function incrementalAlterConfigsHandler(broker: Broker): Handler {
  return serve(incrementalAlterConfigs, async (request) => {
    const outcome = await forwarded(broker, incrementalAlterConfigs, request, TIMEOUT_MS);
    if ('answer' in outcome) return outcome.answer;
    const responses = request.resources.map(({ resourceType, resourceName }) => ({
      resourceType,
      resourceName,
      ...outcome.noAnswer,
    }));
    return { responses };
  });
}
