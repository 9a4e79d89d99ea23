// ConsumerGroupHeartbeat v0-1: a member of the consumer protocol joins, goes on or leaves, and learns its partitions (KIP-848,
// KIP-1082).
import { consumerGroupHeartbeat } from '../../../protocol/schema/68-consumer-group-heartbeat.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

export function consumerGroupHeartbeatHandler(broker: Broker): Handler {
  return serve(consumerGroupHeartbeat, (request, context) => broker.groups.consumerGroupHeartbeat(request, context));
}
