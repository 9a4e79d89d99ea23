// SCRAM credentials as the metadata log has them (RFC 5802): salted keys, never a password. Part of the image. The keys are for
// whoever authenticates; they are shown and logged nowhere.
import type { RecordBody } from './record.ts';

/** As Kafka numbers them. */
export const SCRAM_MECHANISM = { sha256: 1, sha512: 2 } as const;

export interface ScramCredential {
  readonly name: string;
  readonly mechanism: number;
  readonly iterations: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}
export interface ScramCredentialsImage {
  readonly all: Iterable<ScramCredential>;
  has(name: string, mechanism: number): boolean;
  /** null where there is none. */
  of(name: string, mechanism: number): ScramCredential | null;
}

const keyOf = (name: string, mechanism: number): string => `${mechanism} ${name}`;

export class ScramCredentials implements ScramCredentialsImage {
  readonly #credentials = new Map<string, ScramCredential>();

  /** Sorted by mechanism and name, so that equal states are told alike. */
  get all(): ScramCredential[] {
    return [...this.#credentials].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, credential]) => credential);
  }
  has(name: string, mechanism: number): boolean {
    return this.#credentials.has(keyOf(name, mechanism));
  }

  of(name: string, mechanism: number): ScramCredential | null {
    return this.#credentials.get(keyOf(name, mechanism)) ?? null;
  }

  replay(credential: RecordBody<'userScramCredential'>): void {
    // A reader gives slices of what was received: a request's frame, which has the salted password in it, would stay with them.
    const { name, mechanism, iterations } = credential;
    const salt = Buffer.from(credential.salt);
    const storedKey = Buffer.from(credential.storedKey);
    const serverKey = Buffer.from(credential.serverKey);
    this.#credentials.set(keyOf(name, mechanism), { name, mechanism, iterations, salt, storedKey, serverKey });
  }
  remove({ name, mechanism }: RecordBody<'removeUserScramCredential'>): void {
    this.#credentials.delete(keyOf(name, mechanism));
  }
  clear(): void {
    this.#credentials.clear();
  }
}
