// The broker's line to the controller: registers, beats, follows the metadata log into an image, forwards admin requests. start.ts
// makes one per broker. It decides nothing; what it knows comes from the log.
import type { World } from '../../kernel/world.ts';
import type { Address, BrokerOptions } from '../node.ts';
import type { ControllerLink } from './broker.ts';

export class LinkError extends Error {
  readonly code: 'REQUEST_TIMED_OUT' | 'NOT_CONTROLLER';
  constructor(code: LinkError['code'], message: string) {
    super(message);
    this.name = 'LinkError';
    this.code = code;
  }
}

export interface RunningLink extends ControllerLink {
  /** Resolves once registered, caught up and unfenced. */
  ready(): Promise<void>;
  /** Controlled shutdown: leadership is handed back before it resolves, or 5 s passed. */
  stop(): Promise<void>;
}

/** Starts connecting and keeps at it for ever; resolves at once. `advertised` is what clients are told to dial. */
export function connectToController(world: World, options: BrokerOptions, advertised: Address): Promise<RunningLink> {
  world.log.debug(`broker ${options.nodeId} at ${advertised.port}`);
  throw new Error('not built yet');
}
