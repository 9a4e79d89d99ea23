// 64 UnregisterBroker, version 0. KIP-631: a broker that is gone for good is forgotten; one that still runs registers again.
import { unregisterBroker } from '../../../protocol/schema/64-unregister-broker.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

/** The request names no time of its own. */
const TIMEOUT_MS = 30_000;

export function unregisterBrokerHandler(broker: Broker): Handler {
  return serve(unregisterBroker, async (request) => {
    const outcome = await forwarded(broker, unregisterBroker, request, TIMEOUT_MS);
    return 'answer' in outcome ? outcome.answer : outcome.noAnswer;
  });
}
