// ListGroups v0-5: groups coordinated here, filtered by state (KIP-518) and type (KIP-848).
import { listGroups } from '../../../protocol/schema/16-list-groups.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function listGroupsHandler(broker: Broker): Handler {
  return serve(listGroups, (request, context) => broker.groups.listGroups(request, context));
}
