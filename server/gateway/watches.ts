// The watches of one gateway: each holds its interest in the samplers, computes its view lazily when it is read, and is told
// at most four times a second that something changed. Made by create.ts.
import type { ClusterError } from '../client/errors.ts';
import { toClusterError } from '../client/errors.ts';
import type { ChannelName, Channels } from '../live/contract.ts';
import type { GatewayContext, Listener, Told } from './context.ts';
import type { Watch } from './gateway.ts';

const NOTIFY_SPACING_MS = 250;

export interface ViewSource<N extends ChannelName> {
  /** Keys for Interest; an entity's key starts its own sampler. */
  readonly interests: readonly string[];
  /** Which changes make the view stale. */
  concerns(name: Told, item: string | null): boolean;
  /** @throws ClusterError when the view cannot exist (the topic is gone) */
  compute(owner: object): Channels[N]['data'] | null;
  release?(owner: object): void;
}

interface OpenWatch {
  tell: Listener;
  close(): void;
}

export class Watches {
  readonly #context: GatewayContext;
  readonly #open = new Set<OpenWatch>();

  constructor(context: GatewayContext) {
    this.#context = context;
    context.onTold((name, item) => {
      for (const watch of this.#open) watch.tell(name, item);
    });
  }

  open<N extends ChannelName>(
    source: ViewSource<N>,
    onChange: () => void,
    onError: (error: ClusterError) => void,
  ): Watch<Channels[N]['data']> {
    const watch = new ViewWatch<N>(source, onChange, onError);
    const { samplers, metadata } = this.#context;
    const release = samplers.interest.hold(source.interests);
    for (const key of source.interests) if (isEntity(key)) samplers.focus(key);
    const entry: OpenWatch = {
      tell: (name, item) => watch.tell(name, item),
      close: () => {
        if (!this.#open.delete(entry)) return;
        release();
        watch.close();
      },
    };
    this.#open.add(entry);
    if (metadata.sampledAtMs !== null) watch.refresh();
    return { read: () => watch.read(), close: () => entry.close() };
  }

  close(): void {
    for (const watch of [...this.#open]) watch.close();
  }
}

function isEntity(key: string): key is `topic:${string}` | `group:${string}` {
  return key.startsWith('topic:') || key.startsWith('group:');
}

class ViewWatch<N extends ChannelName> {
  readonly #source: ViewSource<N>;
  readonly #onChange: () => void;
  readonly #onError: (error: ClusterError) => void;
  #data: Channels[N]['data'] | null = null;
  #isStale = true;
  #error: ClusterError | null = null;
  #toldError: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #toldAtMs = 0;
  #isClosed = false;

  constructor(source: ViewSource<N>, onChange: () => void, onError: (error: ClusterError) => void) {
    this.#source = source;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  /** The last good data stays readable while the view is broken. */
  read(): Channels[N]['data'] | null {
    if (this.#isStale) this.#compute();
    return this.#data;
  }

  tell(name: Told, item: string | null): void {
    if (this.#source.concerns(name, item)) this.refresh();
  }

  refresh(): void {
    this.#isStale = true;
    if (this.#isClosed || this.#timer !== null) return;
    const waitMs = Math.max(0, this.#toldAtMs + NOTIFY_SPACING_MS - 10 - Date.now());
    this.#timer = setTimeout(() => this.#notify(), waitMs);
    this.#timer.unref();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#source.release?.(this);
  }

  #notify(): void {
    this.#timer = null;
    this.#toldAtMs = Date.now();
    if (this.#isStale) this.#compute();
    if (this.#error !== null) {
      if (this.#toldError !== this.#error.message) {
        this.#toldError = this.#error.message;
        this.#onError(this.#error);
      }
      return;
    }
    this.#toldError = null;
    if (this.#data !== null) this.#onChange();
  }

  #compute(): void {
    this.#isStale = false;
    try {
      this.#data = this.#source.compute(this);
      this.#error = null;
    } catch (error) {
      this.#error = toClusterError(error, 'This view cannot be shown');
    }
  }
}
