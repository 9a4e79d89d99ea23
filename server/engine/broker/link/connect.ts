// The broker's line to the controller: registers, beats, follows the metadata log into an image, forwards admin requests.
// start.ts makes one per broker. It decides nothing; what it knows comes from the log.
import type { World } from '../../../kernel/world.ts';
import type { Api } from '../../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import { alterPartition } from '../../../protocol/schema/56-alter-partition.ts';
import type { MetadataDelta, MetadataImage } from '../../metadata/image.ts';
import { MetadataState } from '../../metadata/state.ts';
import type { BoundAddress, BrokerOptions } from '../../node.ts';
import { ConnectionError } from '../../rpc/connection.ts';
import { type ControllerLink, LinkError } from './controller-link.ts';
import { Follower } from './follower.ts';
import { type Asker, Backoff, Line } from './line.ts';
import { type FolderProof, Membership } from './membership.ts';
import { PartitionChanges, type PartitionOutcome, type PartitionWish } from './partition-changes.ts';
import { ProducerIds } from './producer-ids.ts';

export interface RunningLink extends ControllerLink {
  /** Resolves once registered, caught up and unfenced, for the first time. Rejects when the controller is another cluster's. */
  ready(): Promise<void>;
  /** Controlled shutdown: leadership is handed back before it resolves, or 5 s passed. */
  stop(): Promise<void>;
}

/** Starts connecting and keeps at it for ever; resolves at once. `advertised` is what clients are told to dial. */
export function connectToController(
  world: World,
  options: BrokerOptions,
  o: { readonly advertised: BoundAddress; readonly folder: FolderProof },
): Promise<RunningLink> {
  const link = new Link(world, options, o);
  link.start();
  return Promise.resolve(link);
}

class Link implements RunningLink {
  readonly #world: World;
  readonly #state: MetadataState;
  readonly #membership: Membership;
  readonly #follower: Follower;
  readonly #forwarding: Line;
  readonly #producerIds: ProducerIds;
  /** A line of its own: a forwarded request may wait for brokers that only this one's wishes let go on. */
  readonly #wishing: Line;
  readonly #partitionChanges: PartitionChanges;
  readonly #listeners: ((delta: MetadataDelta) => void)[] = [];
  readonly #ready = Promise.withResolvers<void>();
  #stopped: Promise<void> | null = null;

  constructor(world: World, options: BrokerOptions, o: { advertised: BoundAddress; folder: FolderProof }) {
    this.#world = world;
    this.#state = new MetadataState(options.clusterId);
    const onRefused = (reason: string) => this.#ready.reject(new Error(reason));
    this.#membership = new Membership(world, options, { ...o, state: this.#state, onRefused });
    this.#follower = new Follower(world, options, { state: this.#state, onChange: (delta) => this.#changed(delta) });
    this.#forwarding = new Line(world, options.controller, `broker-${options.nodeId}-forward`);
    this.#producerIds = new ProducerIds(this.#forwarding, options.nodeId, () => this.#membership.epoch);
    this.#wishing = new Line(world, options.controller, `broker-${options.nodeId}-partitions`);
    this.#partitionChanges = new PartitionChanges({
      send: (request) =>
        this.#withinTime(ALTER_PARTITION_TIMEOUT_MS, (leftMs) => this.#wishing.send(alterPartition, request, leftMs)),
      self: () => ({ brokerId: options.nodeId, brokerEpoch: this.#membership.epoch }),
      epochOf: (brokerId) => this.#state.brokers.get(brokerId)?.epoch ?? -1,
    });
    // Whoever waits hears of it; a link nobody waits for must not end the node.
    this.#ready.promise.catch(() => {});
  }

  start(): void {
    for (const loop of [this.#membership, this.#follower]) loop.run().catch((error) => this.#fail(error));
  }
  /** A bug in the loops ends the node, as a broken belief does anywhere else. */
  #fail(error: unknown): void {
    this.#world.timers.soon(() => {
      throw error;
    });
  }

  get image(): MetadataImage {
    return this.#state;
  }
  onChange(run: (delta: MetadataDelta) => void): void {
    this.#listeners.push(run);
  }
  ready(): Promise<void> {
    return this.#ready.promise;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }
  async #stop(): Promise<void> {
    await this.#membership.leave();
    this.#follower.stop();
    this.#forwarding.close();
    this.#wishing.close();
    this.#ready.reject(new Error('stopped before the broker was ready'));
  }

  async forward<Q extends Fields, R extends Fields>(
    api: Api<Q, R>,
    request: Input<Q>,
    timeoutMs: number,
    asker?: Asker,
  ): Promise<Value<R>> {
    return this.#withinTime(timeoutMs, (leftMs) => this.#forwarding.send(api, request, leftMs, asker));
  }

  async nextProducerId(): Promise<number> {
    const id = await this.#withinTime(PRODUCER_ID_TIMEOUT_MS, () => this.#producerIds.take());
    if (typeof id === 'string') throw new LinkError('NOT_CONTROLLER', id);
    return id;
  }

  get brokerEpoch(): number {
    return this.#membership.epoch;
  }
  alterPartitions(wishes: readonly PartitionWish[]): Promise<readonly PartitionOutcome[]> {
    return this.#partitionChanges.ask(wishes);
  }

  /** Tries again while nothing was sent and time is left. Throws LinkError. */
  async #withinTime<T>(timeoutMs: number, attempt: (leftMs: number) => Promise<T>): Promise<T> {
    const endMs = this.#world.clock.monotonicMs() + timeoutMs;
    const backoff = new Backoff(this.#world);
    for (;;) {
      try {
        return await attempt(Math.max(1, endMs - this.#world.clock.monotonicMs()));
      } catch (error) {
        if (!(error instanceof ConnectionError)) throw error;
        const delayMs = backoff.nextMs();
        const isWorthwhile = error.reason === 'refused' && this.#stopped === null;
        if (!isWorthwhile || this.#world.clock.monotonicMs() + delayMs >= endMs) throw linkError(error);
        await new Promise<void>((resolve) => {
          this.#world.timers.after(delayMs, resolve);
        });
      }
    }
  }

  #changed(delta: MetadataDelta): void {
    for (const listener of this.#listeners) listener(delta);
    this.#membership.metadataChanged();
    if (this.#membership.isServing) this.#ready.resolve();
  }
}

const PRODUCER_ID_TIMEOUT_MS = 5000;
const ALTER_PARTITION_TIMEOUT_MS = 5000;

function linkError(error: ConnectionError): LinkError {
  if (error.reason === 'timeout') {
    return new LinkError('REQUEST_TIMED_OUT', 'The controller did not answer in time.');
  }
  return new LinkError('NOT_CONTROLLER', `The controller cannot be reached: ${error.message}`);
}
