// 49 AlterClientQuotas, versions 0–1. KIP-546: quotas of users and client ids, named or default. The controller decides.
import { alterClientQuotas } from '../../../protocol/schema/49-alter-client-quotas.ts';
import { type Handler, serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

/** The request names no time of its own. */
const TIMEOUT_MS = 30_000;

export function alterClientQuotasHandler(broker: Broker): Handler {
  return serve(alterClientQuotas, async (request) => {
    const outcome = await forwarded(broker, alterClientQuotas, request, TIMEOUT_MS);
    if ('answer' in outcome) return outcome.answer;
    return { entries: request.entries.map(({ entity }) => ({ entity, ...outcome.noAnswer })) };
  });
}
