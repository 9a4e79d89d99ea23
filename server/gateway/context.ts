// Everything the subjects of one gateway share: the client, what was sampled, which cluster it is. Made by create.ts.
import { createClient } from '../client/client.ts';
import { ClusterError } from '../client/errors.ts';
import { Sampled } from './sampling/sampled.ts';

export interface GatewayOptions {
  readonly clusterId: string;
  readonly name: string;
  readonly mode: 'embedded' | 'external';
  readonly bootstrapServers: readonly string[];
  log(line: string): void;
}

const CLIENT_ID = 'barnabas-dashboard';

export class GatewayContext extends Sampled {
  readonly options: GatewayOptions;

  /** @throws ClusterError INVALID_ARGUMENT for a malformed bootstrap server */
  constructor(options: GatewayOptions) {
    const { bootstrapServers } = options;
    super(createClient({ bootstrapServers, clientId: CLIENT_ID, log: (line) => options.log(line) }));
    this.options = options;
  }

  /** For views of one thing. @throws ClusterError CLUSTER_UNREACHABLE while the cluster was never reached: nothing is known, and why */
  refuseIfNeverRead(): void {
    const { sampledAtMs, failure } = this.metadata;
    if (sampledAtMs !== null || failure === null) return;
    const text = `No broker of this cluster answers: ${failure}. This page recovers by itself when one is back.`;
    throw new ClusterError('CLUSTER_UNREACHABLE', text, { isRetriable: true });
  }
}
