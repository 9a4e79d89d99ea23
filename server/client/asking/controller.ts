// Sends a request that only the controller can carry out. With KRaft every broker forwards it, so any broker will do; one
// that does not answer is replaced by another. Called through KafkaClient.askController.
import type { ApiFamily } from '../apis.ts';
import type { Asking } from './asking.ts';

/** @throws ClusterError when the broker does not answer */
export async function askController<Args extends unknown[], Response>(
  { metadata, connections }: Asking,
  family: ApiFamily<Args, Response>,
  ...args: Args
): Promise<Response> {
  await metadata.fresh(5_000);
  return connections.request(metadata.anyBroker(), 'admin', family, ...args);
}
