// DescribeGroups v0-6: state and members of groups coordinated here (KIP-1043: an unknown group is an error from v6 on).
import { describeGroups } from '../../../protocol/schema/15-describe-groups.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function describeGroupsHandler(broker: Broker): Handler {
  return serve(describeGroups, (request, context) => broker.groups.describeGroups(request, context));
}
