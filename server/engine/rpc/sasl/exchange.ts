// What a SASL mechanism is to the connection that runs it: tokens in, tokens out, until a user is known or refused. The names of
// the mechanisms, and what is kept of a user. Nothing here does I/O.
import type { Sha2 } from '../../../kernel/sha2.ts';

export const MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-512', 'PLAIN'] as const;
export type Mechanism = (typeof MECHANISMS)[number];
export type ScramMechanism = Exclude<Mechanism, 'PLAIN'>;

export const HASH_OF: { readonly [K in ScramMechanism]: Sha2 } = {
  'SCRAM-SHA-256': 'sha256',
  'SCRAM-SHA-512': 'sha512',
};

/** What is kept of a user for one mechanism (RFC 5802): no password. */
export interface ScramKeys {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}
/** null: there is no such user, or not for this mechanism. */
export type KeysOf = (user: string, mechanism: ScramMechanism) => ScramKeys | null;

export type Step =
  | { readonly kind: 'next'; readonly token: Buffer }
  | { readonly kind: 'done'; readonly token: Buffer; readonly user: string }
  /** `said` is what the client is told: never whether the user or the password is wrong. */
  | { readonly kind: 'failed'; readonly said: string };

export interface Exchange {
  step(token: Buffer): Step | Promise<Step>;
}

export const failed = (said: string): Step => ({ kind: 'failed', said });
export const WRONG_CREDENTIALS = failed('Authentication failed: the user name or the password is wrong');
export const OTHER_IDENTITY = failed('Authentication failed: a user can act for itself only');
export const UNREADABLE = failed('Authentication failed: the token is not one of this mechanism');

export function isMechanism(name: string): name is Mechanism {
  return (MECHANISMS as readonly string[]).includes(name);
}

/** Takes as long whatever the bytes are; lengths are no secret. */
export function areEqual(a: Buffer, b: Buffer): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** The text of UTF-8 bytes, or null when they are none. */
export function utf8(bytes: Buffer): string | null {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : null;
}
