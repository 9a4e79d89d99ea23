// Quotas and SCRAM users of a running cluster, ours or Apache Kafka, through a whole gateway:
//   node --test server/gateway/users/access.integration.ts -- 127.0.0.1:9092
// It sets quotas and makes users named gwt-<time>-… and removes them. Not part of the unit tests: it needs a cluster.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { QuotaEntity, QuotasParams, QuotasView, UsersView } from '../../live/contract.ts';
import type { ClusterGateway } from '../gateway.ts';
import { closeGateway, ignore, openGateway, prefix, refusal, until } from '../testing/integration.ts';

const NAME = `${prefix}-user, =x`;
const CLIENT = `${prefix}-app`;
const pair: QuotaEntity = [
  { type: 'user', name: NAME },
  { type: 'client-id', name: CLIENT },
];
const alone: QuotaEntity = [{ type: 'user', name: NAME }];
const everything: QuotasParams = {
  query: prefix,
  kind: null,
  sort: 'entity',
  descending: false,
  id: null,
  client: { user: NAME, clientId: CLIENT, ip: '' },
  offset: 0,
  limit: 200,
};
let gateway: ClusterGateway;

before(async () => {
  gateway = await openGateway('it');
});
after(() => closeGateway(gateway));

const quotas = (passes: (view: QuotasView) => boolean) =>
  until((look) => gateway.watch('quotas', everything, look, ignore), passes);
const users = (passes: (view: UsersView) => boolean) =>
  until(
    (look) =>
      gateway.watch('users', { query: prefix, descending: false, name: NAME, offset: 0, limit: 200 }, look, ignore),
    passes,
  );

test('[USR-5] a user is made with two mechanisms, told without a secret, and listed with its iterations', async () => {
  const password = `${prefix}-password`;
  const args = { name: NAME, mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-512'], iterations: 4096, password } as const;
  const made = await gateway.call('user.setPassword', { ...args, isNew: true });
  assert.ok(!JSON.stringify(made).includes(password));
  const view = await users(({ rows }) => rows.some(({ credentials }) => credentials.length === 2));
  assert.ok(!JSON.stringify(view).includes(password));
  assert.deepEqual(
    view.chosen?.credentials.toSorted((a, b) => (a.mechanism < b.mechanism ? -1 : 1)),
    [
      { mechanism: 'SCRAM-SHA-256', iterations: 4096 },
      { mechanism: 'SCRAM-SHA-512', iterations: 4096 },
    ],
  );
  assert.ok((view.clients?.listeners.length ?? 0) > 0, 'the brokers tell their listeners');
  assert.equal((await refusal(gateway.call('user.setPassword', { ...args, isNew: true }))).kind, 'USER_EXISTS');
});

test('[QTG-10] a quota is set, shown with who is held by it, changed and taken back limit by limit', async () => {
  await gateway.call('quota.alter', { entity: alone, limits: { producer_byte_rate: 2_000_000 }, expected: {} });
  await gateway.call('quota.alter', {
    entity: pair,
    limits: { producer_byte_rate: 1_000_000, request_percentage: 12.5 },
    expected: {},
  });
  const view = await quotas(({ matching }) => matching === 2);
  const [produce] = view.held;
  assert.deepEqual([produce?.rule?.limits.producer_byte_rate, produce?.passedOver.length], [1_000_000, 1]);
  await gateway.call('quota.alter', {
    entity: pair,
    limits: { producer_byte_rate: null, consumer_byte_rate: 3_000_000 },
    expected: { producer_byte_rate: 1_000_000, request_percentage: 12.5 },
  });
  const after = await quotas(({ held }) => held[0]?.rule?.limits.producer_byte_rate === 2_000_000);
  assert.deepEqual(after.rows.find(({ entity }) => entity.length === 2)?.limits, {
    consumer_byte_rate: 3_000_000,
    request_percentage: 12.5,
  });
});

test('[QTG-11] a change that began from other limits is refused, so is what Kafka refuses, and nothing changes', async () => {
  const stale = { entity: alone, limits: { producer_byte_rate: 5 }, expected: { producer_byte_rate: 1 } };
  const changed = await refusal(gateway.call('quota.alter', stale));
  assert.deepEqual([changed.kind, /producer_byte_rate=2000000 now/.test(changed.message)], ['QUOTA_CHANGED', true]);
  const twice = await refusal(gateway.call('quota.alter', { ...stale, expected: {} }));
  assert.match(twice.message, /There is a quota for this already/);
  const expected = { producer_byte_rate: 2_000_000 };
  for (const limits of [{ producer_byte_rate: -1 }, { producer_byte_rate: 1.5 }, { connection_creation_rate: 5 }]) {
    const refused = await refusal(gateway.call('quota.alter', { entity: alone, limits, expected }));
    assert.equal(refused.kind, 'INVALID_REQUEST', JSON.stringify(limits));
  }
  const view = await quotas(({ freshness }) => freshness.sampledAtMs !== null);
  assert.deepEqual(view.rows.find(({ entity }) => entity.length === 1)?.limits, expected);
});

test('[QTG-12] removing every quota of a user leaves its SCRAM credentials as they were', async () => {
  const { rows } = await quotas(({ matching }) => matching === 2);
  for (const { entity, limits } of rows) {
    const nothing = Object.fromEntries(Object.keys(limits).map((key) => [key, null]));
    await gateway.call('quota.alter', { entity, limits: nothing, expected: limits });
  }
  await quotas(({ matching }) => matching === 0);
  const view = await users(({ freshness }) => freshness.sampledAtMs !== null);
  assert.equal(view.chosen?.credentials.length, 2);
});

test('[USR-6] a mechanism is deleted by itself, the user with the last one, and then there is nothing to delete', async () => {
  await gateway.call('user.delete', { name: NAME, mechanisms: ['SCRAM-SHA-256'] });
  await users(({ chosen }) => chosen?.credentials.length === 1);
  await gateway.call('user.delete', { name: NAME, mechanisms: ['SCRAM-SHA-512'] });
  await users(({ matching }) => matching === 0);
  const gone = await refusal(gateway.call('user.delete', { name: NAME, mechanisms: ['SCRAM-SHA-512'] }));
  assert.equal(gone.kind, 'RESOURCE_NOT_FOUND');
});
