// The SCRAM users of the cluster while somebody looks, and changing them. Read whole from any broker; changes go to the controller. Made
// and closed by feature.ts, read by views.ts. A password passes through setPassword only: salted there, never logged or kept.
import { ALTER_SCRAM_USERS, DESCRIBE_SCRAM_USERS } from '../../client/apis.ts';
import { ClusterError, kafkaError, throwIfError } from '../../client/errors.ts';
import type {
  CallArgs,
  CallResult,
  ClientListeners,
  ScramCredential,
  ScramMechanism,
  UserRow,
} from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { Polled } from '../sampling/polled.ts';
import { ClientListenersReader } from './client-listeners.ts';
import { type Salted, saltPassword } from './salt.ts';

const INTERVAL_MS = 2_000;
const RESOURCE_NOT_FOUND = 91;
/** The broker that is asked may hear of a change a moment after the controller has answered for it. */
const CATCH_UP_MS = 1_500;
const CATCH_UP_PAUSE_MS = 100;
/** As Kafka numbers them. */
const NUMBERS: Readonly<Record<ScramMechanism, number>> = { 'SCRAM-SHA-256': 1, 'SCRAM-SHA-512': 2 };
const BY_NUMBER: ReadonlyMap<number, ScramMechanism> = new Map([
  [1, 'SCRAM-SHA-256'],
  [2, 'SCRAM-SHA-512'],
]);

interface Deletion {
  readonly name: string;
  readonly mechanism: number;
}
interface Upsertion extends Deletion, Salted {
  readonly iterations: number;
}
export interface KnownUsers {
  /** By name. */
  readonly users: ReadonlyMap<string, UserRow>;
  readonly clients: ClientListeners | null;
}

export class Users {
  readonly #context: GatewayContext;
  readonly #clients: ClientListenersReader;
  readonly sampled: Polled<KnownUsers>;

  constructor(context: GatewayContext) {
    this.#context = context;
    this.#clients = new ClientListenersReader(context);
    this.sampled = new Polled(context, {
      intervalMs: INTERVAL_MS,
      failed: 'Reading the users failed',
      read: async () => ({ users: await this.#readAll(), clients: await this.#clients.read() }),
      onChange: () => context.tell('users'),
    });
  }

  /**
   * Mechanism by mechanism: Kafka takes a user once in a request.
   * @throws ClusterError USER_EXISTS, RESOURCE_NOT_FOUND or Kafka's; after a first success it says what was set
   */
  async setPassword(args: CallArgs<'user.setPassword'>): Promise<CallResult<'user.setPassword'>> {
    const { name, iterations, password, isNew } = args;
    const mechanisms = [...new Set(args.mechanisms)];
    await this.#mustExist(name, !isNew);
    const done: ScramMechanism[] = [];
    for (const mechanism of mechanisms) {
      const salted = await saltPassword(password, mechanism, iterations);
      await this.#alter(
        name,
        'Setting the password',
        done,
        [],
        [{ name, mechanism: NUMBERS[mechanism], iterations, ...salted }],
      );
      done.push(mechanism);
    }
    this.sampled.refreshNow();
    return { name, mechanisms };
  }

  /** @throws ClusterError RESOURCE_NOT_FOUND or Kafka's */
  async delete({ name, mechanisms: given }: CallArgs<'user.delete'>): Promise<CallResult<'user.delete'>> {
    const mechanisms = [...new Set(given)];
    const done: ScramMechanism[] = [];
    for (const mechanism of mechanisms) {
      await this.#alter(name, 'Deleting', done, [{ name, mechanism: NUMBERS[mechanism] }], []);
      done.push(mechanism);
    }
    this.sampled.refreshNow();
    return { name, mechanisms };
  }

  close(): Promise<void> {
    return this.sampled.close();
  }

  async #alter(
    name: string,
    what: string,
    done: readonly ScramMechanism[],
    deletions: Deletion[],
    upsertions: Upsertion[],
  ): Promise<void> {
    const failed = `${what} of user ${name} failed${done.length === 0 ? '' : ` (done already: ${done.join(', ')})`}`;
    const answer = await this.#context.client.askController(ALTER_SCRAM_USERS, deletions, upsertions);
    const [result] = answer.results;
    throwIfError(result?.errorCode ?? -1, failed, result?.errorMessage ?? null);
  }

  /** Waits for a broker that has not heard yet, then believes it. */
  async #mustExist(name: string, isWanted: boolean): Promise<void> {
    const untilMs = Date.now() + CATCH_UP_MS;
    for (;;) {
      const isThere = await this.#isThere(name);
      if (isThere === isWanted) return;
      if (Date.now() > untilMs) {
        if (isWanted)
          throw kafkaError(RESOURCE_NOT_FOUND, `There is no user ${name}`, 'It may have been deleted a moment ago.');
        throw new ClusterError(
          'USER_EXISTS',
          `There is a user ${name} already, and nothing was changed. Change its password instead, or choose another name.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, CATCH_UP_PAUSE_MS));
    }
  }

  async #isThere(name: string): Promise<boolean> {
    const answer = await this.#context.client.askAny(DESCRIBE_SCRAM_USERS, [{ name }]);
    throwIfError(answer.errorCode, 'Reading the user failed', answer.errorMessage ?? null);
    const [result] = answer.results;
    if (result === undefined || result.errorCode === RESOURCE_NOT_FOUND) return false;
    throwIfError(result.errorCode, 'Reading the user failed', result.errorMessage ?? null);
    return result.credentialInfos.length > 0;
  }

  async #readAll(): Promise<ReadonlyMap<string, UserRow>> {
    const answer = await this.#context.client.askAny(DESCRIBE_SCRAM_USERS, null);
    throwIfError(answer.errorCode, 'Reading the users failed', answer.errorMessage ?? null);
    const users = new Map<string, UserRow>();
    for (const { user, errorCode, credentialInfos } of answer.results) {
      if (errorCode !== 0) continue;
      users.set(user, { name: user, credentials: credentialInfos.flatMap(credentialOf) });
    }
    return users;
  }
}

function credentialOf({
  mechanism,
  iterations,
}: {
  mechanism: number;
  iterations: number;
}): readonly ScramCredential[] {
  const name = BY_NUMBER.get(mechanism);
  return name === undefined ? [] : [{ mechanism: name, iterations }];
}
