// OffsetDelete v0: offsets of topics the group does not subscribe to (KIP-496).
import { offsetDelete } from '../../../protocol/schema/47-offset-delete.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function offsetDeleteHandler(broker: Broker): Handler {
  return serve(offsetDelete, (request, context) => broker.groups.deleteOffsets(request, context));
}
