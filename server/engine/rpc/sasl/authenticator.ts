// One connection of a SASL listener on its way to a user (SaslServerAuthenticator; KIP-43, KIP-152, KIP-368): which requests it may
// send now, the handshake, the tokens, the end of its session. Passwords and tokens are logged nowhere. Made by listener.ts; the
// dispatcher asks it before any handler.
import { DecodeError } from '../../../kernel/decode-error.ts';
import type { World } from '../../../kernel/world.ts';
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { saslHandshake } from '../../../protocol/schema/17-sasl-handshake.ts';
import { apiVersions } from '../../../protocol/schema/18-api-versions.ts';
import { saslAuthenticate } from '../../../protocol/schema/36-sasl-authenticate.ts';
import { type Handler, serve } from '../handler.ts';
import { type Exchange, isMechanism, type KeysOf, type Mechanism, type Step, WRONG_CREDENTIALS } from './exchange.ts';

/** What a listener asks of whoever connects. */
export interface SaslRules {
  /** Those that are on now, in the order they are told. */
  mechanisms(): readonly Mechanism[];
  begin(mechanism: Mechanism): Exchange;
  /** Settles when users are known. */
  readonly opened: Promise<void>;
  /** connection.failed.authentication.delay.ms */
  readonly failureDelayMs: number;
  /** connections.max.reauth.ms; 0 or less: a session has no end. */
  readonly maxReauthMs: number;
  /** sasl.server.max.receive.size */
  readonly maxTokenBytes: number;
}
export type { KeysOf };

type Handshake = ResponseInput<typeof saslHandshake>;
type Outcome = ResponseInput<typeof saslAuthenticate>;

/** KIP-368: not more often. */
const MIN_REAUTH_INTERVAL_MS = 1000;

export class Authenticator {
  readonly #world: World;
  readonly #rules: SaslRules;
  readonly #label: string;
  #state: 'waiting' | 'exchanging' | 'done' | 'failed' = 'waiting';
  #mechanism: Mechanism | null = null;
  #exchange: Exchange | null = null;
  /** SaslHandshake v0: tokens come without Kafka's headers. */
  #hasBareTokens = false;
  /** Whoever it was at first; it stays so. */
  #user: string | null = null;
  /** Another mechanism than at first was asked for: the next token fails. */
  #isOtherMechanism = false;
  #expiresAtMs = Number.POSITIVE_INFINITY;
  #reauthBegunMs = Number.NEGATIVE_INFINITY;

  constructor(world: World, rules: SaslRules, label: string) {
    this.#world = world;
    this.#rules = rules;
    this.#label = label;
  }

  /** Known from the first authentication on. */
  get user(): string | null {
    return this.#user;
  }
  get isDone(): boolean {
    return this.#state === 'done';
  }
  /** The connection ends with the answer it is about to get. */
  get hasFailed(): boolean {
    return this.#state === 'failed';
  }
  /** The next frame is a token and nothing else. */
  get takesBareToken(): boolean {
    return this.#state === 'exchanging' && this.#hasBareTokens;
  }
  /** Largest frame now; null: as any request. */
  get maxFrameBytes(): number | null {
    return this.isDone ? null : this.#rules.maxTokenBytes;
  }

  /** Throws DecodeError for a request that has no place now: it closes the connection. */
  admit(apiKey: number): void {
    switch (this.#state) {
      case 'waiting':
        if (apiKey === apiVersions.key || apiKey === saslHandshake.key) return;
        throw new DecodeError('a request before authentication');
      case 'exchanging':
        if (apiKey === saslAuthenticate.key) return;
        throw new DecodeError('a request in the middle of authentication');
      case 'failed':
        throw new DecodeError('a request after authentication failed');
      case 'done':
        if (this.#nowMs() < this.#expiresAtMs) return;
        if (apiKey === saslHandshake.key && this.#mayBeginAgain()) return;
        throw new DecodeError('the session is over, and this does not renew it');
    }
  }

  /** Who answers the request now: this, when it is part of authentication, or the handler. Admitted before. */
  inPlaceOf(handler: Handler): Handler {
    const { key } = handler.api;
    if (key === saslHandshake.key && (this.#state === 'waiting' || this.#mayBeginAgain())) {
      return serve(saslHandshake, (request, { apiVersion }) => this.#handshake(request, apiVersion));
    }
    if (key === saslAuthenticate.key && this.#state === 'exchanging') {
      return serve(saslAuthenticate, ({ authBytes }) => this.#authenticate(authBytes));
    }
    return handler;
  }

  /** The answer to a token without headers; null closes the connection. */
  async bareToken(token: Buffer): Promise<Buffer | null> {
    const step = await this.#step(token);
    return step.kind === 'failed' ? null : step.token;
  }

  #handshake({ mechanism }: RequestOf<typeof saslHandshake>, version: number): Handshake | Promise<Handshake> {
    const mechanisms = [...this.#rules.mechanisms()];
    if (!isMechanism(mechanism) || !mechanisms.includes(mechanism)) {
      this.#state = 'failed';
      return this.#later({ errorCode: ErrorCode.UNSUPPORTED_SASL_MECHANISM, mechanisms });
    }
    if (this.#state === 'done') {
      this.#reauthBegunMs = this.#nowMs();
      this.#isOtherMechanism = mechanism !== this.#mechanism;
    }
    this.#mechanism ??= mechanism;
    this.#exchange = this.#rules.begin(mechanism);
    this.#hasBareTokens = version === 0;
    this.#state = 'exchanging';
    return { errorCode: ErrorCode.NONE, mechanisms };
  }

  async #authenticate(token: Buffer): Promise<Outcome> {
    const step = await this.#step(token);
    if (step.kind === 'failed') {
      const { SASL_AUTHENTICATION_FAILED: errorCode } = ErrorCode;
      return { errorCode, errorMessage: step.said, authBytes: Buffer.alloc(0) };
    }
    const sessionLifetimeMs = step.kind === 'done' ? Math.max(0, this.#rules.maxReauthMs) : 0;
    return { errorCode: ErrorCode.NONE, errorMessage: null, authBytes: step.token, sessionLifetimeMs };
  }

  async #step(token: Buffer): Promise<Step> {
    await this.#rules.opened;
    const step = this.#judged((await this.#exchange?.step(token)) ?? WRONG_CREDENTIALS);
    if (step.kind === 'done') this.#finish(step.user);
    if (step.kind !== 'failed') return step;
    this.#state = 'failed';
    this.#exchange = null;
    this.#world.log.info(`${this.#label}: authentication failed with ${this.#mechanism}`);
    return this.#later(step);
  }

  /** Who authenticates again must be who it was, by the same mechanism. */
  #judged(step: Step): Step {
    if (this.#user === null || step.kind === 'failed') return step;
    if (this.#isOtherMechanism) {
      return { kind: 'failed', said: `Re-authentication takes the mechanism of the connection: ${this.#mechanism}` };
    }
    if (step.kind === 'done' && step.user !== this.#user) {
      return { kind: 'failed', said: 'Re-authentication cannot change who the connection belongs to' };
    }
    return step;
  }

  #finish(user: string): void {
    const { maxReauthMs } = this.#rules;
    this.#state = 'done';
    this.#exchange = null;
    this.#user = user;
    this.#expiresAtMs = maxReauthMs > 0 ? this.#nowMs() + maxReauthMs : Number.POSITIVE_INFINITY;
  }

  #mayBeginAgain(): boolean {
    return this.#nowMs() - this.#reauthBegunMs >= MIN_REAUTH_INTERVAL_MS;
  }
  #nowMs(): number {
    return this.#world.clock.monotonicMs();
  }
  /** Who guesses must wait. */
  #later<T>(answer: T): Promise<T> {
    return new Promise((resolve) => {
      this.#world.timers.after(this.#rules.failureDelayMs, () => resolve(answer));
    });
  }
}
