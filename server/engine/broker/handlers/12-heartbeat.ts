// Heartbeat v0-4 of a classic group's member (KIP-345 instance ids in v3).
import { heartbeat } from '../../../protocol/schema/12-heartbeat.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function heartbeatHandler(broker: Broker): Handler {
  return serve(heartbeat, (request, context) => broker.groups.heartbeat(request, context));
}
