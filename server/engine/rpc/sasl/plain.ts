// PLAIN (RFC 4616): the password itself comes over the line and is checked against the same salted keys that SCRAM uses. That costs
// thousands of hashes a time, so derivations.ts does it beside the node's thread and a few at a time. Passwords are kept nowhere.
import type { Derivations } from './derivations.ts';
import {
  areEqual,
  type Exchange,
  HASH_OF,
  type KeysOf,
  OTHER_IDENTITY,
  type ScramKeys,
  type ScramMechanism,
  type Step,
  UNREADABLE,
  utf8,
  WRONG_CREDENTIALS,
} from './exchange.ts';

export interface PlainToken {
  /** '' when none was given. */
  readonly authorizationId: string;
  readonly user: string;
  readonly password: Buffer;
}

/** [authorization id] NUL user NUL password, all of it UTF-8; null for anything else. */
export function readPlainToken(token: Buffer): PlainToken | null {
  const first = token.indexOf(0);
  const second = token.indexOf(0, first + 1);
  if (first < 0 || second < 0 || token.indexOf(0, second + 1) >= 0) return null;
  const authorizationId = utf8(token.subarray(0, first));
  const user = utf8(token.subarray(first + 1, second));
  const password = token.subarray(second + 1);
  if (authorizationId === null || user === null || user === '' || password.length === 0) return null;
  return { authorizationId, user, password };
}

/** Keys for any of them will do: whichever was set. */
const KEPT: readonly ScramMechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
/** A user that is not there costs as much as one that is. */
const NOBODY: ScramKeys = {
  iterations: 4096,
  salt: Buffer.from('of nobody at all'),
  storedKey: Buffer.alloc(0),
  serverKey: Buffer.alloc(0),
};

export class PlainExchange implements Exchange {
  readonly #keysOf: KeysOf;
  readonly #derivations: Derivations;

  constructor(keysOf: KeysOf, derivations: Derivations) {
    this.#keysOf = keysOf;
    this.#derivations = derivations;
  }

  async step(token: Buffer): Promise<Step> {
    const read = readPlainToken(token);
    if (read === null) return UNREADABLE;
    const { user, authorizationId, password } = read;
    if (authorizationId !== '' && authorizationId !== user) return OTHER_IDENTITY;
    const kept = KEPT.flatMap((mechanism) => {
      const keys = this.#keysOf(user, mechanism);
      return keys === null ? [] : [{ mechanism, keys }];
    });
    if (kept.length === 0) kept.push({ mechanism: 'SCRAM-SHA-256', keys: NOBODY });
    for (const { mechanism, keys } of kept) {
      if (await this.#fits(password, mechanism, keys)) return { kind: 'done', token: Buffer.alloc(0), user };
    }
    return WRONG_CREDENTIALS;
  }

  async #fits(
    password: Buffer,
    mechanism: ScramMechanism,
    { salt, iterations, storedKey }: ScramKeys,
  ): Promise<boolean> {
    const hash = HASH_OF[mechanism];
    const salted = await this.#derivations.derive(hash, { password, salt, iterations });
    if (salted === null) return false;
    return areEqual(this.#derivations.storedKeyOf(hash, salted), storedKey);
  }
}
