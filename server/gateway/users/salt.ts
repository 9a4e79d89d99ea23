// What SCRAM stores instead of a password (RFC 5802, Hi): salted and hashed here, so that the cluster is never given the password. It
// is used as its UTF-8 bytes, as Kafka's own tools do it.
import { pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { ScramMechanism } from '../../live/contract.ts';

const derive = promisify(pbkdf2);
const SALT_BYTES = 24;
const HASHES: Readonly<Record<ScramMechanism, { readonly digest: string; readonly bytes: number }>> = {
  'SCRAM-SHA-256': { digest: 'sha256', bytes: 32 },
  'SCRAM-SHA-512': { digest: 'sha512', bytes: 64 },
};

export interface Salted {
  readonly salt: Buffer;
  readonly saltedPassword: Buffer;
}

/** With a new salt each time; off the event loop. */
export async function saltPassword(
  password: string,
  mechanism: ScramMechanism,
  iterations: number,
  salt: Buffer = randomBytes(SALT_BYTES),
): Promise<Salted> {
  const { digest, bytes } = HASHES[mechanism];
  return { salt, saltedPassword: await derive(password, salt, iterations, bytes, digest) };
}
