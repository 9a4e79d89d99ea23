// What the browser and the server say to each other over /live, subject by subject in contract/. Of what is declared there it passes on
// the types only, beside constants, so that the browser can import this file without pulling in a validator.
// Offsets, counts and sizes are plain numbers within ±(2^53−1). Times are milliseconds since the epoch.

export type * from './contract/brokers.ts';
export type * from './contract/features.ts';
export type * from './contract/groups.ts';
export type * from './contract/lab.ts';
export * from './contract/limits.ts';
export type * from './contract/map.ts';
export type * from './contract/messages.ts';
export type * from './contract/overview.ts';
export type * from './contract/parts.ts';
export * from './contract/quota-id.ts';
export type * from './contract/quotas.ts';
export type * from './contract/reassign.ts';
export type * from './contract/records.ts';
export type * from './contract/subjects.ts';
export type * from './contract/topics.ts';
export type * from './contract/traffic.ts';
export type * from './contract/transactions.ts';
export type * from './contract/users.ts';

export const CONTRACT_VERSION = 3;
export const LIVE_PATH = '/live';
/** The server sends a beat this often; a client that saw nothing for three beats reconnects. */
export const BEAT_INTERVAL_MS = 5_000;
