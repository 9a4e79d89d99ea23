// Hands the running services to Next's module graph, which is a different one from the server's even in one process: plain
// interfaces through a global symbol, never classes. Pages read it on the server; main.ts is the only writer.
import type { ChannelName, Channels, ClusterSummary } from './live/contract.ts';

export interface Services {
  readonly version: string;
  clusters(): readonly ClusterSummary[];
  /** One reading of a view for the first paint; null when it is not there within `timeoutMs`. Never throws. */
  peek<N extends ChannelName>(
    clusterId: string,
    channel: N,
    params: Channels[N]['params'],
    timeoutMs: number,
  ): Promise<Channels[N]['data'] | null>;
}

const key = Symbol.for('barnabas.services');
const holder = globalThis as unknown as Record<symbol, Services | undefined>;

export function provideServices(services: Services): void {
  holder[key] = services;
}

/** Undefined while `next build` evaluates pages: nothing runs then. */
export function services(): Services | undefined {
  return holder[key];
}
