// Quotas as they are described, credentials, and what a broker without security says of it. How quotas are enforced: ../quotas/.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { saslHandshake } from '../../../protocol/schema/17-sasl-handshake.ts';
import { describeAcls } from '../../../protocol/schema/29-describe-acls.ts';
import { createAcls } from '../../../protocol/schema/30-create-acls.ts';
import { deleteAcls } from '../../../protocol/schema/31-delete-acls.ts';
import { alterReplicaLogDirs } from '../../../protocol/schema/34-alter-replica-log-dirs.ts';
import { saslAuthenticate } from '../../../protocol/schema/36-sasl-authenticate.ts';
import { describeClientQuotas } from '../../../protocol/schema/48-describe-client-quotas.ts';
import { alterClientQuotas } from '../../../protocol/schema/49-alter-client-quotas.ts';
import { describeUserScramCredentials } from '../../../protocol/schema/50-describe-user-scram-credentials.ts';
import { alterUserScramCredentials } from '../../../protocol/schema/51-alter-user-scram-credentials.ts';
import { TestBroker } from '../testing/test-broker.ts';

const [EXACT, DEFAULT, ANY] = [0, 1, 2];
let broker: TestBroker;
before(async () => {
  broker = await TestBroker.start();
});
after(() => broker.stop());

async function setQuota(entity: Readonly<Record<string, string | null>>, key: string, value: number): Promise<number> {
  const parts = Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }));
  const entries = [{ entity: parts, ops: [{ key, value, remove: false }] }];
  return (await broker.ask(alterClientQuotas, { entries })).entries[0]?.errorCode ?? -1;
}
async function quotas(components: readonly (readonly [string, number, string | null])[], strict = false) {
  const { errorCode, entries } = await broker.ask(describeClientQuotas, {
    components: components.map(([entityType, matchType, match]) => ({ entityType, matchType, match })),
    strict,
  });
  const shown = entries?.map(({ entity, values }) => [
    entity.map(({ entityType, entityName }) => `${entityType}=${entityName}`).join(' '),
    ...values.map(({ key, value }) => `${key} ${value}`),
  ]);
  return [errorCode, shown ?? null];
}

test('[ADM-20] quotas are shown to a filter by name, by default or by any name, of just these types or of more', async () => {
  await setQuota({ user: 'u' }, 'producer_byte_rate', 1000);
  await setQuota({ user: 'u', 'client-id': 'c' }, 'request_percentage', 0.5);
  await setQuota({ 'client-id': null }, 'consumer_byte_rate', 3000);
  const [u, uc, anyClient] = [
    ['user=u', 'producer_byte_rate 1000'],
    ['user=u client-id=c', 'request_percentage 0.5'],
    ['client-id=null', 'consumer_byte_rate 3000'],
  ];
  const sorted = async (...args: Parameters<typeof quotas>) => {
    const [code, shown] = await quotas(...args);
    return [code, Array.isArray(shown) ? new Set(shown.map(String)) : shown];
  };
  const just = (...all: (string[] | undefined)[]) => [ErrorCode.NONE, new Set(all.map(String))];
  assert.deepEqual(await sorted([['user', EXACT, 'u']]), just(u, uc));
  assert.deepEqual(await sorted([['user', EXACT, 'u']], true), just(u));
  assert.deepEqual(await sorted([['client-id', DEFAULT, null]]), just(anyClient));
  assert.deepEqual(await sorted([['client-id', ANY, null]]), just(uc, anyClient));
  assert.deepEqual(await sorted([]), just(u, uc, anyClient));
});

test('[ADM-21] a filter that contradicts itself is refused; so is a type of entity that Kafka does not have', async () => {
  const { INVALID_REQUEST, UNSUPPORTED_VERSION } = ErrorCode;
  assert.deepEqual(await quotas([['', EXACT, 'x']]), [INVALID_REQUEST, null]);
  assert.deepEqual(await quotas([['user', EXACT, null]]), [INVALID_REQUEST, null]);
  assert.deepEqual(await quotas([['user', ANY, 'x']]), [INVALID_REQUEST, null]);
  assert.deepEqual(await quotas([['user', 7, null]]), [INVALID_REQUEST, null]);
  const twice = [
    ['user', ANY, null],
    ['user', ANY, null],
  ] as const;
  assert.deepEqual(await quotas(twice), [INVALID_REQUEST, null]);
  assert.deepEqual(await quotas([['planet', EXACT, 'x']]), [UNSUPPORTED_VERSION, null]);
});

test('[ADM-22] credentials are described by mechanism and rounds; keys are neither shown nor logged', async () => {
  const saltedPassword = Buffer.from('salted password of somebody');
  const upsertion = { name: 'u', mechanism: 1, iterations: 4096, salt: Buffer.from('salt'), saltedPassword };
  const altered = await broker.ask(alterUserScramCredentials, { deletions: [], upsertions: [upsertion] });
  assert.equal(altered.results[0]?.errorCode, ErrorCode.NONE);
  const { results } = await broker.ask(describeUserScramCredentials, {
    users: [{ name: 'u' }, { name: 'v' }, { name: 'w' }, { name: 'w' }],
  });
  assert.deepEqual(
    results.map(({ user, errorCode, credentialInfos }) => [user, errorCode, credentialInfos.length]),
    [
      ['u', ErrorCode.NONE, 1],
      ['v', ErrorCode.RESOURCE_NOT_FOUND, 0],
      ['w', ErrorCode.DUPLICATE_RESOURCE, 0],
    ],
  );
  assert.deepEqual((await broker.ask(describeUserScramCredentials, { users: null })).results[0]?.credentialInfos, [
    { mechanism: 1, iterations: 4096 },
  ]);
  const [credential] = broker.controller.image.scramCredentials.all;
  for (const secret of [saltedPassword, credential?.storedKey, credential?.serverKey]) {
    for (const form of ['utf8', 'hex', 'base64'] as const) {
      assert.ok(broker.world.lines.every((line) => !line.includes(secret?.toString(form) ?? '')));
    }
  }
});

test('[ADM-23] without an authorizer access control is SECURITY_DISABLED, without SASL its requests are ILLEGAL_SASL_STATE', async () => {
  const { SECURITY_DISABLED, ILLEGAL_SASL_STATE } = ErrorCode;
  for (const version of [1, 2, 3]) {
    assert.equal((await broker.ask(describeAcls, {}, version)).errorCode, SECURITY_DISABLED);
    const { results } = await broker.ask(createAcls, { creations: [{}, {}] }, version);
    assert.deepEqual(
      results.map(({ errorCode }) => errorCode),
      [SECURITY_DISABLED, SECURITY_DISABLED],
    );
    const { filterResults } = await broker.ask(deleteAcls, { filters: [{}] }, version);
    assert.deepEqual(
      filterResults.map(({ errorCode }) => errorCode),
      [SECURITY_DISABLED],
    );
  }
  assert.equal((await broker.ask(saslHandshake, { mechanism: 'PLAIN' })).errorCode, ILLEGAL_SASL_STATE);
  assert.equal((await broker.ask(saslAuthenticate, {})).errorCode, ILLEGAL_SASL_STATE);
});

test('[ADM-24] a replica stays in the one log dir there is; another dir, and what the broker does not have, are told apart', async () => {
  await broker.createTopic('stays', 2);
  const move = async (path: string, name: string, index: number) => {
    const { results } = await broker.ask(alterReplicaLogDirs, {
      dirs: [{ path, topics: [{ name, partitions: [index] }] }],
    });
    return results[0]?.partitions[0]?.errorCode;
  };
  assert.equal(await move('broker-1', 'stays', 1), ErrorCode.NONE);
  assert.equal(await move('/elsewhere', 'stays', 1), ErrorCode.LOG_DIR_NOT_FOUND);
  assert.equal(await move('broker-1', 'stays', 2), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal(await move('broker-1', 'x'.repeat(240), 0), ErrorCode.INVALID_TOPIC_EXCEPTION);
});
