// Salted passwords of PLAIN clients, derived a few at a time beside the node's thread: a crowd of them waits in a bounded line and
// holds nobody else up.
import type { Sha2 } from '../../../kernel/sha2.ts';
import type { Hashing, StretchInput } from '../../../kernel/world.ts';

/** Node has four threads for such work, and files need some. */
const MAX_AT_ONCE = 2;
/** Whoever comes behind these is refused. */
const MAX_WAITING = 256;
const CLIENT_KEY = Buffer.from('Client Key');

export class Derivations {
  readonly #hashing: Hashing;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(hashing: Hashing) {
    this.#hashing = hashing;
  }

  /** null: too many are waiting. */
  async derive(hash: Sha2, input: StretchInput): Promise<Buffer | null> {
    if (this.#running >= MAX_AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) return null;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await this.#hashing.stretch(hash, input);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  /** What is kept of a salted password (RFC 5802, section 3). */
  storedKeyOf(hash: Sha2, salted: Buffer): Buffer {
    return this.#hashing.sha2(hash, this.#hashing.hmac(hash, salted, CLIENT_KEY));
  }
}
