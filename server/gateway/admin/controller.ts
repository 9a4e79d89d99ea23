// Sends a request that only the controller can carry out. With KRaft every broker forwards it, so any broker will do; one
// that does not answer is replaced by another. Called by the admin verbs.
import type { ApiFamily } from '../apis.ts';
import type { GatewayContext } from '../context.ts';
import { GatewayError } from '../gateway.ts';

/** @throws GatewayError when the broker does not answer */
export async function atController<Args extends unknown[], Response>(
  context: GatewayContext,
  family: ApiFamily<Args, Response>,
  ...args: Args
): Promise<Response> {
  await context.metadata.fresh(5_000);
  return context.connections.request(context.metadata.anyBroker(), 'admin', family, ...args);
}

/** The broker with this id. @throws GatewayError BROKER_NOT_AVAILABLE */
export function brokerNode(context: GatewayContext, brokerId: number) {
  const broker = context.metadata.brokers.get(brokerId);
  if (broker !== undefined) return broker;
  const up = [...context.metadata.brokers.keys()].join(', ');
  throw new GatewayError('BROKER_NOT_AVAILABLE', `Broker ${brokerId} is not up. Brokers that are: ${up}.`, {
    code: 8,
    isRetriable: true,
  });
}
