// ConsumerGroupDescribe v0-1: epochs, members and assignments of consumer groups coordinated here (KIP-848, KIP-1099 member types).
import { consumerGroupDescribe } from '../../../protocol/schema/69-consumer-group-describe.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function consumerGroupDescribeHandler(broker: Broker): Handler {
  return serve(consumerGroupDescribe, (request, context) => broker.groups.consumerGroupDescribe(request, context));
}
