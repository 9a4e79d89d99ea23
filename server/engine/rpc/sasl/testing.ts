// The client's side of SCRAM, for the tests of this folder and of the broker.
import type { Hashing } from '../../../kernel/world.ts';
import { HASH_OF, type ScramKeys, type ScramMechanism } from './exchange.ts';
import { escapeName } from './scram-messages.ts';

export interface ScramUser {
  readonly name: string;
  readonly password: string;
}

/** What a server keeps of the user. */
export async function keysFor(
  hashing: Hashing,
  mechanism: ScramMechanism,
  { password }: ScramUser,
  { salt = Buffer.from('a salt'), iterations = 4096 }: { salt?: Buffer; iterations?: number } = {},
): Promise<ScramKeys> {
  const hash = HASH_OF[mechanism];
  const salted = await hashing.stretch(hash, { password: Buffer.from(password), salt, iterations });
  const storedKey = hashing.sha2(hash, hashing.hmac(hash, salted, Buffer.from('Client Key')));
  return { iterations, salt, storedKey, serverKey: hashing.hmac(hash, salted, Buffer.from('Server Key')) };
}

/** Tokens of a client that does as it should. */
export class ScramClient {
  readonly #hashing: Hashing;
  readonly #mechanism: ScramMechanism;
  readonly #user: ScramUser;
  readonly #bare: string;
  readonly #header: string;
  #signed = '';
  #salted: Buffer = Buffer.alloc(0);

  constructor(hashing: Hashing, mechanism: ScramMechanism, user: ScramUser, nonce = 'client', authorizationId = '') {
    this.#hashing = hashing;
    this.#mechanism = mechanism;
    this.#user = user;
    this.#header = `n,${authorizationId === '' ? '' : `a=${escapeName(authorizationId)}`},`;
    this.#bare = `n=${escapeName(user.name)},r=${nonce}`;
  }

  first(): Buffer {
    return Buffer.from(this.#header + this.#bare);
  }
  /** `spoil` changes the final message before it is signed. */
  async final(serverFirst: Buffer, spoil: (withoutProof: string) => string = (text) => text): Promise<Buffer> {
    const [, nonce = '', salt = '', iterations = ''] = /^r=(.*),s=(.*),i=(\d+)$/.exec(serverFirst.toString()) ?? [];
    const hash = HASH_OF[this.#mechanism];
    const password = Buffer.from(this.#user.password);
    const given = { password, salt: Buffer.from(salt, 'base64'), iterations: Number(iterations) };
    this.#salted = await this.#hashing.stretch(hash, given);
    const withoutProof = spoil(`c=${Buffer.from(this.#header).toString('base64')},r=${nonce}`);
    this.#signed = `${this.#bare},${serverFirst},${withoutProof}`;
    const clientKey = this.#hashing.hmac(hash, this.#salted, Buffer.from('Client Key'));
    const signature = this.#hashing.hmac(hash, this.#hashing.sha2(hash, clientKey), Buffer.from(this.#signed));
    const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] ?? 0)));
    return Buffer.from(`${withoutProof},p=${proof.toString('base64')}`);
  }
  /** Whether the server showed that it knows the user. */
  isServer(serverFinal: Buffer): boolean {
    const hash = HASH_OF[this.#mechanism];
    const serverKey = this.#hashing.hmac(hash, this.#salted, Buffer.from('Server Key'));
    const signature = this.#hashing.hmac(hash, serverKey, Buffer.from(this.#signed));
    return serverFinal.toString() === `v=${signature.toString('base64')}`;
  }
}
