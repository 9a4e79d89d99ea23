// Test support: a gateway whose views, streams and calls are set by hand, and a clock that stands still until it is moved.
// Imported by tests of live/ only.
import type { ClusterError, ClusterGateway, Placement, Stream, Watch } from '../gateway/gateway.ts';
import type { CallArgs, CallName, CallResult, ChannelName, Channels, StreamName, Streams } from './contract.ts';
import type { LiveClock } from './session.ts';

interface OpenView {
  readonly key: string;
  readonly onChange: () => void;
  readonly onError: (error: ClusterError) => void;
}
interface OpenStream {
  readonly key: string;
  readonly batches: unknown[];
  readonly onReady: () => void;
  readonly onError: (error: ClusterError) => void;
}

export class FakeGateway implements ClusterGateway {
  readonly views = new Set<OpenView>();
  readonly streams = new Set<OpenStream>();
  readonly calls: { readonly name: string; readonly args: unknown }[] = [];
  /** What call() does; replaced by tests. */
  answer: (name: string, args: unknown) => Promise<unknown> = async (_name, args) => args;
  /** Thrown by watch() and open() when set. */
  refusal: Error | null = null;
  readonly #readings = new Map<string, unknown>();

  summary() {
    const capabilities = { embedded: false, lab: false, apis: {}, lacks: {} };
    return {
      id: 'local',
      name: 'Local',
      mode: 'embedded',
      bootstrapServers: ['127.0.0.1:9092'],
      capabilities,
    } as const;
  }

  /** Gives a view a new reading, as a sample would. */
  publish(key: string, data: unknown): void {
    this.#readings.set(key, data);
    for (const view of this.views) if (view.key === key) view.onChange();
  }

  breakView(key: string, error: ClusterError): void {
    for (const view of this.views) if (view.key === key) view.onError(error);
  }

  emit(key: string, batch: unknown): void {
    for (const stream of this.streams) {
      if (stream.key !== key) continue;
      stream.batches.push(batch);
      stream.onReady();
    }
  }

  watch<N extends ChannelName>(
    channel: N,
    params: Channels[N]['params'],
    onChange: () => void,
    onError: (error: ClusterError) => void,
  ): Watch<Channels[N]['data']> {
    if (this.refusal) throw this.refusal;
    const view: OpenView = { key: viewKey(channel, params), onChange, onError };
    this.views.add(view);
    return {
      read: () => (this.#readings.get(view.key) ?? null) as Channels[N]['data'] | null,
      close: () => this.views.delete(view),
    };
  }

  open<N extends StreamName>(
    name: N,
    params: Streams[N]['params'],
    onReady: () => void,
    onError: (error: ClusterError) => void,
  ): Stream<Streams[N]['data']> {
    if (this.refusal) throw this.refusal;
    const stream: OpenStream = { key: `${name}:${params.topic}`, batches: [], onReady, onError };
    this.streams.add(stream);
    return {
      take: () => (stream.batches.shift() ?? null) as Streams[N]['data'] | null,
      close: () => this.streams.delete(stream),
    };
  }

  async call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallResult<N>> {
    this.calls.push({ name, args });
    return (await this.answer(name, args)) as CallResult<N>;
  }

  async unregisterBroker(): Promise<void> {
    throw new Error('not in this fake');
  }
  async placement(): Promise<Placement> {
    return { sampledAtMs: 0, brokerIds: [], topics: [] };
  }

  async close(): Promise<void> {}
}

function viewKey(channel: ChannelName, params: object): string {
  const named = 'name' in params ? params.name : 'groupId' in params ? params.groupId : null;
  return named === null ? channel : `${channel}:${String(named)}`;
}

export class FakeClock implements LiveClock {
  #nowMs = 1_000_000;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];
  #soon: (() => void)[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** Runs what is due now, including what that makes due. */
  settle(): void {
    for (let run = this.#soon.shift(); run; run = this.#soon.shift()) run();
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      this.settle();
      const next = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#nowMs = next.atMs;
      next.run();
    }
    this.#nowMs = endMs;
    this.settle();
  }
}
