// OffsetFetch v1-10: committed positions, one group or many (KIP-447 requireStable, KIP-709 batches in v8, topic ids in v10).
import { offsetFetch } from '../../../protocol/schema/09-offset-fetch.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function offsetFetchHandler(broker: Broker): Handler {
  return serve(offsetFetch, (request, context) => broker.groups.fetchOffsets(request, context));
}
