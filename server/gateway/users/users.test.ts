import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALTER_SCRAM_USERS, DESCRIBE_SCRAM_USERS } from '../../client/apis.ts';
import { GatewayContext } from '../context.ts';
import { listenersOf } from './client-listeners.ts';
import { saltPassword } from './salt.ts';
import { Users } from './users.ts';

const PASSWORD = 'pencil, with =, and ü';

test('[USR-1] what is stored for a password is what RFC 7677 stores for it, with another salt each time', async () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  const { saltedPassword } = await saltPassword('pencil', 'SCRAM-SHA-256', 4096, salt);
  assert.equal(saltedPassword.toString('base64'), 'xKSVEDI6tPlSysH6mUQZOeeOp01r6B3fcJbodRPcYV0=');
  const [one, other] = await Promise.all([1, 2].map(() => saltPassword('pencil', 'SCRAM-SHA-512', 4096)));
  assert.equal(one?.saltedPassword.length, 64);
  assert.notDeepEqual(one?.salt, other?.salt);
});

/** A cluster that keeps users, and everything that was sent to it. */
class FakeCluster {
  readonly lines: string[] = [];
  readonly sent: { readonly key: number; readonly args: readonly unknown[] }[] = [];
  readonly users = new Map<string, Set<number>>();
  /** Answers of AlterUserScramCredentials in turn; then 0. */
  codes: number[] = [];
  readonly context = new GatewayContext({
    clusterId: 'c',
    name: 'c',
    mode: 'external',
    bootstrapServers: ['127.0.0.1:1'],
    log: (line) => this.lines.push(line),
  });

  constructor() {
    const { metadata, connections } = this.context;
    metadata.brokers = new Map([[1, { id: 1, host: 'h', port: 1, rack: null }]]);
    metadata.fresh = async () => undefined;
    connections.request = async <Args extends unknown[], Response>(
      _endpoint: unknown,
      _lane: unknown,
      { key }: { readonly key: number },
      ...args: Args
    ) => {
      this.sent.push({ key, args });
      return this.#answer(key, args) as Response;
    };
  }

  #answer(key: number, [first, second]: readonly unknown[]): unknown {
    if (key === DESCRIBE_SCRAM_USERS.key) {
      const asked = (first as { name: string }[] | null)?.map(({ name }) => name) ?? [...this.users.keys()];
      const results = asked.map((user) => ({
        user,
        errorCode: this.users.has(user) ? 0 : 91,
        errorMessage: null,
        credentialInfos: [...(this.users.get(user) ?? [])].map((mechanism) => ({ mechanism, iterations: 4096 })),
      }));
      return { errorCode: 0, errorMessage: null, results };
    }
    const errorCode = this.codes.shift() ?? 0;
    const upsertions = second as { name: string; mechanism: number }[];
    const user = upsertions[0]?.name ?? '';
    if (errorCode === 0) this.users.set(user, (this.users.get(user) ?? new Set()).add(upsertions[0]?.mechanism ?? 0));
    return { results: [{ user, errorCode, errorMessage: null }] };
  }
}

const args = {
  name: 'alice',
  mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-512'],
  iterations: 4096,
  password: PASSWORD,
  isNew: true,
} as const;
/** Whether the password is anywhere in it, as text or as bytes. */
function has(password: string, value: unknown): boolean {
  const text = JSON.stringify(value, (_key, each) =>
    Buffer.isBuffer(each)
      ? each.toString('latin1')
      : each?.type === 'Buffer'
        ? Buffer.from(each.data).toString('latin1')
        : each,
  );
  return [password, Buffer.from(password).toString('latin1')].some((each) =>
    text.includes(JSON.stringify(each).slice(1, -1)),
  );
}

test('[USR-2] a password is in no request, no answer, no error and no log: the cluster gets it salted', async () => {
  assert.ok(has(PASSWORD, { of: [Buffer.from(`x${PASSWORD}`)] }) && has(PASSWORD, [PASSWORD]), 'the check sees one');
  const cluster = new FakeCluster();
  const users = new Users(cluster.context);
  const result = await users.setPassword(args);
  assert.deepEqual(result, { name: 'alice', mechanisms: args.mechanisms });
  const altered = cluster.sent.filter(({ key }) => key === ALTER_SCRAM_USERS.key);
  assert.equal(altered.length, 2, 'a user stands in a request once');
  cluster.codes = [0, 84];
  const failed = await users.setPassword({ ...args, isNew: false }).catch((error: unknown) => error);
  assert.match(String(failed), /Setting the password of user alice failed \(done already: SCRAM-SHA-256\)/);
  for (const each of [result, cluster.sent, cluster.lines, String(failed), Object.entries(failed as object)])
    assert.equal(has(PASSWORD, each), false);
  await users.close();
});

test('[USR-3] making a user that is there, or changing one that is not, is refused and changes nothing', async () => {
  const cluster = new FakeCluster();
  const users = new Users(cluster.context);
  const refusalOf = (given: Parameters<Users['setPassword']>[0]) =>
    users.setPassword(given).then(
      () => 'none',
      (error: { kind: string }) => error.kind,
    );
  assert.equal(await refusalOf({ ...args, isNew: false }), 'RESOURCE_NOT_FOUND');
  cluster.users.set('alice', new Set([1]));
  assert.equal(await refusalOf(args), 'USER_EXISTS');
  assert.ok(!cluster.sent.some(({ key }) => key === ALTER_SCRAM_USERS.key));
  await users.close();
});

test('[USR-4] listeners are read from settings: mapped names, advertised addresses, none of controllers', () => {
  const found = listenersOf([
    {
      host: 'kafka-1',
      listeners: 'CLIENTS://0.0.0.0:9093,PLAINTEXT://:9092,CONTROLLER://:9094',
      'listener.security.protocol.map': 'CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      'controller.listener.names': 'CONTROLLER',
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512, PLAIN',
    },
    {
      host: 'kafka-2',
      listeners: 'CLIENTS://0.0.0.0:9093',
      'advertised.listeners': 'CLIENTS://[2001:db8::2]:19093',
      'listener.security.protocol.map': 'CLIENTS:SASL_SSL',
    },
  ]);
  assert.deepEqual(found, {
    listeners: [
      { name: 'CLIENTS', protocol: 'SASL_SSL', addresses: ['kafka-1:9093', '[2001:db8::2]:19093'] },
      { name: 'PLAINTEXT', protocol: 'PLAINTEXT', addresses: ['kafka-1:9092'] },
    ],
    mechanisms: ['PLAIN', 'SCRAM-SHA-512'],
  });
  assert.equal(listenersOf([{ host: 'h' }]), null);
});
