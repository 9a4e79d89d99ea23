// Starts one data node: log folder, line to the controller, replicas, group coordinator, listener. The only place where a broker's
// parts meet. Called by host/worker.ts; must not read the outside but through World.
import type { World } from '../../kernel/world.ts';
import type { BrokerOptions, RunningNode } from '../node.ts';

/** Resolves when the broker is registered, has applied the metadata log and is unfenced. Rejects with one clear line. */
export function startBroker(_world: World, _options: BrokerOptions): Promise<RunningNode> {
  return Promise.reject(new Error('startBroker is not written yet'));
}
