// LeaveGroup v0-5: one member, or a list from v3 on (KIP-345, KIP-800 reasons).
import { leaveGroup } from '../../../protocol/schema/13-leave-group.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function leaveGroupHandler(broker: Broker): Handler {
  return serve(leaveGroup, (request, context) => broker.groups.leaveGroup(request, context));
}
