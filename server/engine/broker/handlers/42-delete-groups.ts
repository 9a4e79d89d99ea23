// DeleteGroups v0-2: empty groups with their offsets (KIP-229).
import { deleteGroups } from '../../../protocol/schema/42-delete-groups.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function deleteGroupsHandler(broker: Broker): Handler {
  return serve(deleteGroups, (request, context) => broker.groups.deleteGroups(request, context));
}
