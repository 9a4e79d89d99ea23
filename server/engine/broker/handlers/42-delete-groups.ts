// DeleteGroups v0-3: empty groups with their offsets (KIP-229). The error message of v3 is for what only streams groups can tell.
import { deleteGroups } from '../../../protocol/schema/42-delete-groups.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function deleteGroupsHandler(broker: Broker): Handler {
  return serve(deleteGroups, (request, context) => broker.groups.deleteGroups(request, context));
}
