// OffsetCommit v2-10: stores positions of a group (KIP-211 retention, KIP-320 leader epoch, KIP-848 topic ids in v10).
import { offsetCommit } from '../../../protocol/schema/08-offset-commit.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function offsetCommitHandler(broker: Broker): Handler {
  return serve(offsetCommit, (request, context) => broker.groups.commitOffsets(request, context));
}
