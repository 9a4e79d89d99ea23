// The server's side of SCRAM-SHA-256 and SCRAM-SHA-512 (RFC 5802, RFC 7677): proves that the client knows the password and that
// the server knows the user, without either showing it. A user that is not there goes the whole way and fails at its end.
import type { Hashing } from '../../../kernel/world.ts';
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
  WRONG_CREDENTIALS,
} from './exchange.ts';
import { type ClientFirst, readClientFinal, readClientFirst, serverFinal, serverFirst } from './scram-messages.ts';

/** What clients use by default: a made-up user must not stand out by it. */
const MADE_UP_ITERATIONS = 4096;
const MADE_UP_SALT_LENGTH = 25;
const RADIX = 36;

export interface ScramOptions {
  readonly mechanism: ScramMechanism;
  readonly hashing: Hashing;
  readonly keysOf: KeysOf;
  /** Never given before: printable, without ",". */
  readonly serverNonce: string;
  /** Makes up the salts of users that are not there: the same for the same name. */
  readonly secret: Buffer;
}

interface Begun {
  readonly first: ClientFirst;
  readonly serverFirst: string;
  readonly nonce: string;
  readonly keys: ScramKeys | null;
}

export class ScramExchange implements Exchange {
  readonly #options: ScramOptions;
  #begun: Begun | null = null;
  #isOver = false;

  constructor(options: ScramOptions) {
    this.#options = options;
  }

  step(token: Buffer): Step {
    if (this.#isOver) return UNREADABLE;
    const step = this.#begun === null ? this.#begin(token) : this.#end(token, this.#begun);
    this.#isOver = step.kind !== 'next';
    return step;
  }

  #begin(token: Buffer): Step {
    const first = readClientFirst(token);
    if (first === null) return UNREADABLE;
    const { user, authorizationId } = first;
    if (authorizationId !== '' && authorizationId !== user) return OTHER_IDENTITY;
    const keys = this.#options.keysOf(user, this.#options.mechanism);
    const { salt, iterations } = keys ?? this.#madeUp(user);
    const nonce = first.nonce + this.#options.serverNonce;
    const message = serverFirst(nonce, salt, iterations);
    this.#begun = { first, serverFirst: message, nonce, keys };
    return { kind: 'next', token: Buffer.from(message) };
  }

  #end(token: Buffer, { first, serverFirst: said, nonce, keys }: Begun): Step {
    const final = readClientFinal(token);
    if (final === null || !isNonce(final.nonce, nonce, first.nonce)) return UNREADABLE;
    if (!final.channelBinding.equals(Buffer.from(first.gs2Header))) return UNREADABLE;
    if (keys === null) return WRONG_CREDENTIALS;
    const { hashing, mechanism } = this.#options;
    const hash = HASH_OF[mechanism];
    const signed = Buffer.from(`${first.bare},${said},${final.withoutProof}`);
    const signature = hashing.hmac(hash, keys.storedKey, signed);
    if (final.proof.length !== signature.length) return WRONG_CREDENTIALS;
    const clientKey = Buffer.from(signature.map((byte, i) => byte ^ (final.proof[i] ?? 0)));
    if (!areEqual(hashing.sha2(hash, clientKey), keys.storedKey)) return WRONG_CREDENTIALS;
    const serverSignature = hashing.hmac(hash, keys.serverKey, signed);
    return { kind: 'done', token: Buffer.from(serverFinal(serverSignature)), user: first.user };
  }

  #madeUp(user: string): { readonly salt: Buffer; readonly iterations: number } {
    const { hashing, mechanism, secret } = this.#options;
    const digest = hashing.hmac('sha512', secret, Buffer.from(`${mechanism} ${user}`));
    const text = BigInt(`0x${digest.toString('hex')}`)
      .toString(RADIX)
      .slice(0, MADE_UP_SALT_LENGTH);
    return { salt: Buffer.from(text), iterations: MADE_UP_ITERATIONS };
  }
}

/**
 * The whole nonce as the server said it; or with the client's part once more before it, as librdkafka before 2.6.1 wrote it. Either
 * way all of the server's own part is there, and the proof covers what was sent. DIVERGES: Kafka 4 takes the first only.
 */
function isNonce(given: string, whole: string, clientPart: string): boolean {
  return given === whole || given === clientPart + whole;
}
