// Taking a broker out of the cluster for good. Called by the lab through create.ts, once nothing of the broker is needed any more.
import { UNREGISTER_BROKER } from '../../client/apis.ts';
import { throwIfError, toClusterError } from '../../client/errors.ts';
import type { GatewayContext } from '../context.ts';

/** BROKER_ID_NOT_REGISTERED: it is forgotten already, which is what was asked for. */
const NOT_REGISTERED = 102;

/** @throws ClusterError */
export async function unregisterBroker(context: GatewayContext, brokerId: number): Promise<void> {
  const failed = `Unregistering broker ${brokerId} failed`;
  try {
    const answer = await context.client.askController(UNREGISTER_BROKER, brokerId);
    if (answer.errorCode !== NOT_REGISTERED) throwIfError(answer.errorCode, failed, answer.errorMessage);
  } catch (error) {
    const known = toClusterError(error, failed);
    if (known.code !== NOT_REGISTERED) throw known;
  }
  await context.metadata.refresh();
}
