// What pages read on the server for their first paint. The live subscription that follows brings the rest.

import { services } from '../server/bridge.ts';
import type { ChannelName, Channels, FirstPaint } from '../server/live/contract.ts';

export { services };

const PEEK_MS = 300;

/** One reading of a view, or null when it is not there at once. */
export async function firstPaint<N extends ChannelName>(
  cluster: string,
  channel: N,
  params: Channels[N]['params'],
): Promise<Channels[N]['data'] | null> {
  return (await services()?.peek(segment(cluster), channel, params, PEEK_MS)) ?? null;
}

/** What a list was asked for, with the answer: the browser uses it only while it would ask for the same. */
export async function firstList<N extends ChannelName>(
  cluster: string,
  channel: N,
  params: Channels[N]['params'],
): Promise<FirstPaint<N>> {
  return { params, data: await firstPaint(cluster, channel, params) };
}

/** One value of a query parameter; the last when it is there twice. */
export function oneOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value.at(-1) : value) ?? '';
}

/** Next hands segments over encoded; a segment that is not valid is taken as it is. */
export function segment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
