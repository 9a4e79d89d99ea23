// What the browser and the server say to each other over /live, part by part in contract/. It holds types and constants only, so that the
// browser can import this file without pulling in a validator; the schemas that check incoming messages are in schemas.ts.
// Offsets, counts and sizes are plain numbers within ±(2^53−1). Times are milliseconds since the epoch.

export type * from './contract/brokers.ts';
export type * from './contract/calls.ts';
export type * from './contract/channels.ts';
export type * from './contract/groups.ts';
export type * from './contract/lab.ts';
export * from './contract/map.ts';
export type * from './contract/messages.ts';
export type * from './contract/overview.ts';
export type * from './contract/parts.ts';
export * from './contract/quotas.ts';
export * from './contract/reassign.ts';
export type * from './contract/records.ts';
export type * from './contract/topics.ts';
export type * from './contract/traffic.ts';
export type * from './contract/transactions.ts';
export * from './contract/users.ts';

export const CONTRACT_VERSION = 3;
export const LIVE_PATH = '/live';
/** The server sends a beat this often; a client that saw nothing for three beats reconnects. */
export const BEAT_INTERVAL_MS = 5_000;
