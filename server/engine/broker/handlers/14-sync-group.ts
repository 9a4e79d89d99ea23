// SyncGroup v0-5: parks followers until the leader's assignment (KIP-345, KIP-559 protocol checks in v5).
import { syncGroup } from '../../../protocol/schema/14-sync-group.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function syncGroupHandler(broker: Broker): Handler {
  return serve(syncGroup, (request, context) => broker.groups.syncGroup(request, context));
}
