// 33 AlterConfigs, versions 0–2. KIP-133: replaces all dynamic settings of a resource. Old clients use it; the controller decides.
import { alterConfigs } from '../../../protocol/schema/33-alter-configs.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

const TIMEOUT_MS = 30_000;

export function alterConfigsHandler(broker: Broker): Handler {
  return serve(alterConfigs, async (request) => {
    const outcome = await forwarded(broker, alterConfigs, request, TIMEOUT_MS);
    if ('answer' in outcome) return outcome.answer;
    const responses = request.resources.map(({ resourceType, resourceName }) => ({
      resourceType,
      resourceName,
      ...outcome.noAnswer,
    }));
    return { responses };
  });
}
