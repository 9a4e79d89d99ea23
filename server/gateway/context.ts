// Everything the subjects of one gateway share: the client, what was sampled, who looks, and a word for what changed. Made by create.ts.
// It knows no subject.
import { createClient } from '../client/client.ts';
import { addressOf } from '../client/connections.ts';
import { ClusterError, toClusterError } from '../client/errors.ts';
import { lacksOf } from '../live/contract/lacks.ts';
import type { ChannelName, ClusterSummary } from '../live/contract.ts';
import type { Placement } from './gateway.ts';
import { Sampled } from './sampling/sampled.ts';
import { Samplers } from './sampling/samplers.ts';

export interface GatewayOptions {
  readonly clusterId: string;
  readonly name: string;
  readonly mode: 'embedded' | 'external';
  readonly bootstrapServers: readonly string[];
  log(line: string): void;
}

/** What may change: a channel, by its own name, with an item where it has one ('topic', 'orders'); 'core' is the whole cluster. */
export type Told = 'core' | Exclude<ChannelName, 'lab'>;
export type Listener = (name: Told, item: string | null) => void;

const CLIENT_ID = 'barnabas-dashboard';
const MAX_ADDRESSES = 20;
/** How long the first answer of the cluster is waited for, so that the first page is not empty. */
const FIRST_READING_MS = 1_000;

export class GatewayContext extends Sampled {
  readonly options: GatewayOptions;
  readonly samplers: Samplers;
  readonly #listeners: Listener[] = [];

  /** Samples nothing yet. @throws ClusterError INVALID_ARGUMENT for a malformed bootstrap server */
  constructor(options: GatewayOptions) {
    const { bootstrapServers } = options;
    super(createClient({ bootstrapServers, clientId: CLIENT_ID, log: (line) => options.log(line) }));
    this.options = options;
    this.samplers = new Samplers(this, (name, item) => this.tell(name, item));
  }

  /** Resolves with the first reading, or without it when that takes long; never fails. */
  async firstReading(): Promise<void> {
    const first = this.metadata.refresh().then(
      () => this.figures.follow(this.metadata),
      (error: unknown) => this.log(`gateway: ${toClusterError(error, 'Connecting failed').message}`),
    );
    await Promise.race([first, new Promise((resolve) => setTimeout(resolve, FIRST_READING_MS).unref())]);
  }

  /** Something new is there to be shown. Listeners are told in the order they came in. */
  tell(name: Told, item: string | null = null): void {
    for (const listener of this.#listeners) listener(name, item);
  }

  /** For as long as the gateway lives. */
  onTold(listener: Listener): void {
    this.#listeners.push(listener);
  }

  /** For views of one thing. @throws ClusterError CLUSTER_UNREACHABLE while the cluster was never reached: nothing is known, and why */
  refuseIfNeverRead(): void {
    const { sampledAtMs, failure } = this.metadata;
    if (sampledAtMs !== null || failure === null) return;
    const text = `No broker of this cluster answers: ${failure}. This page recovers by itself when one is back.`;
    throw new ClusterError('CLUSTER_UNREACHABLE', text, { isRetriable: true });
  }

  summary(): ClusterSummary {
    const { clusterId: id, name, mode } = this.options;
    const apis = Object.fromEntries(this.metadata.apis);
    const lacks = lacksOf(this.metadata.apis);
    const capabilities = { embedded: mode === 'embedded', lab: false, apis, lacks };
    return { id, name, mode, bootstrapServers: this.#addresses(), capabilities };
  }

  placement(): Placement {
    const { sampledAtMs, brokers, topics } = this.metadata;
    const { minInSync } = this.figures;
    return { sampledAtMs: sampledAtMs ?? 0, brokerIds: [...brokers.keys()], topics: [...topics.values()], minInSync };
  }

  /** Where a client can begin: what the program was given, and in this process brokers that were added later. */
  #addresses(): readonly string[] {
    const { mode, bootstrapServers } = this.options;
    if (mode === 'external') return bootstrapServers;
    const now = [...this.metadata.brokers.values()].map(addressOf);
    return [...new Set([...bootstrapServers, ...now])].slice(0, MAX_ADDRESSES);
  }
}
