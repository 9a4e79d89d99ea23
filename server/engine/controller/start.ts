// The controller node: owns the metadata log and everything that decides over topics, settings and brokers. host/ starts it; it
// keeps no records of users and is never on the path of produce and fetch.
import type { World } from '../../kernel/world.ts';
import type { NodeOptions, RunningNode } from '../node.ts';

/** Opens or creates the metadata log in `options.folder`, replays it, and listens. Rejects with NetError or DiskError. */
export function startController(world: World, options: NodeOptions): Promise<RunningNode> {
  world.log.debug(`controller ${options.nodeId}`);
  throw new Error('not built yet');
}
