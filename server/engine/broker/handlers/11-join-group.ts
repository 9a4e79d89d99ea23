// JoinGroup v0-9 (KIP-62, KIP-345 static members, KIP-394 known member ids in v4, KIP-559, KIP-800, KIP-814). Parks until the rebalance.
import { joinGroup } from '../../../protocol/schema/11-join-group.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function joinGroupHandler(broker: Broker): Handler {
  return serve(joinGroup, (request, context) => broker.groups.joinGroup(request, context));
}
