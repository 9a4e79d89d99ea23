'use client';
// What the cluster in the address cannot do, and why, in the server's words. Pages, buttons, rail and palette ask here by the name of the
// channel, stream or call that they need; none of them knows an API key.
import type { CallName, ChannelName, StreamName } from '../../server/live/contract.ts';
import { useCluster } from './use-connection.ts';

/** What a page or a button can need. */
export type Needed = ChannelName | StreamName | CallName;
/** Name → why this cluster cannot do it, one sentence. */
export type Lacks = Readonly<Record<string, string>>;

const none: Lacks = {};

/** Everything that is lacking; empty while nothing is known of the cluster. */
export function useLacks(): Lacks {
  return useCluster()?.capabilities.lacks ?? none;
}

/** Why this cluster cannot do it, or null: it can, or nothing is known yet, and then nothing is taken away. */
export function useLack(name: Needed): string | null {
  return useLacks()[name] ?? null;
}
