import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ClientQuotas, type ClientQuotasImage } from '../../engine/metadata/client-quotas.ts';
import { QuotaLimits as EngineLimits } from '../../engine/metadata/quota-limits.ts';
import { record } from '../../engine/metadata/record.ts';
import type { QuotaEntity, QuotaLimits, QuotaRow } from '../../live/contract.ts';
import { windowed } from '../windowed.ts';
import { entityOf, idOf } from './entity.ts';
import { ANONYMOUS, closerThan, heldBy } from './precedence.ts';
import { listOf } from './views.ts';

const user = (name: string | null) => ({ type: 'user', name }) as const;
const client = (name: string | null) => ({ type: 'client-id', name }) as const;
const ip = (name: string | null) => ({ type: 'ip', name }) as const;

function rowsOf(quotas: readonly (readonly [QuotaEntity, QuotaLimits])[]): ReadonlyMap<string, QuotaRow> {
  return new Map(quotas.map(([entity, limits]) => [idOf(entity), { id: idOf(entity), entity, limits }]));
}
const limitOf = (rows: ReadonlyMap<string, QuotaRow>, asked: { user?: string; clientId?: string; ip?: string }) =>
  Object.fromEntries(
    heldBy(rows, { user: '', clientId: '', ip: '', ...asked }).flatMap(({ key, rule }) =>
      rule === null ? [] : [[key, [rule.id, rule.limits[key]]]],
    ),
  );

test('[QTG-1] limit by limit the closest quota holds a client, and those it passes over are told', () => {
  const rows = rowsOf([
    [[user('alice'), client('app')], { producer_byte_rate: 1 }],
    [[user('alice')], { producer_byte_rate: 2, consumer_byte_rate: 3 }],
    [[user(null)], { request_percentage: 4 }],
    [[client('app')], { producer_byte_rate: 5, request_percentage: 6 }],
    [[ip(null)], { connection_creation_rate: 7 }],
    [[ip('::1')], { connection_creation_rate: 8 }],
  ]);
  assert.deepEqual(limitOf(rows, { user: 'alice', clientId: 'app', ip: '::1' }), {
    producer_byte_rate: ['user:alice,client-id:app', 1],
    consumer_byte_rate: ['user:alice', 3],
    request_percentage: ['user', 4],
    connection_creation_rate: ['ip:%3A%3A1', 8],
  });
  const [produce] = heldBy(rows, { user: 'alice', clientId: 'app', ip: '' });
  assert.deepEqual(
    produce?.passedOver.map(({ id }) => id),
    ['user:alice', 'client-id:app'],
  );
  // Who did not log in is a user like others.
  assert.deepEqual(limitOf(rows, { clientId: 'app' }).request_percentage, ['user', 4]);
  assert.deepEqual(limitOf(rowsOf([[[user(ANONYMOUS)], { producer_byte_rate: 9 }]]), {}).producer_byte_rate, [
    'user:ANONYMOUS',
    9,
  ]);
});

test('[QTG-2] whatever the quotas, the explorer names the limit that the engine holds a client to', () => {
  const name = fc.constantFrom('a', 'b', null);
  const part = fc.option(name, { nil: undefined });
  const entity = fc
    .tuple(part, part)
    .filter(([u, c]) => u !== undefined || c !== undefined)
    .map(([u, c]): QuotaEntity => [...(u === undefined ? [] : [user(u)]), ...(c === undefined ? [] : [client(c)])]);
  const quotas = fc.uniqueArray(
    fc.record({ entity, limits: fc.record({ producer_byte_rate: fc.integer({ min: 1 }) }) }),
    { selector: (each) => idOf(each.entity), maxLength: 12 },
  );
  const asked = fc.record({ user: fc.constantFrom('', 'a', 'b', 'c'), clientId: fc.constantFrom('', 'a', 'b', 'c') });
  fc.assert(
    fc.property(quotas, asked, (given, whom) => {
      const image = new ClientQuotas();
      for (const { entity: parts, limits } of given) {
        const body = {
          entity: parts.map(({ type, name: named }) => ({ entityType: type, entityName: named })),
          key: 'producer_byte_rate',
          value: limits.producer_byte_rate,
        };
        const made = record('clientQuota', body);
        image.replay(made.body);
      }
      const rows = rowsOf(given.map((each) => [each.entity, each.limits]));
      const engine = new EngineLimits(() => image as ClientQuotasImage);
      const held = engine.of('producer_byte_rate', {
        user: whom.user === '' ? ANONYMOUS : whom.user,
        clientId: whom.clientId,
      });
      const [told] = heldBy(rows, { ...whom, ip: '' });
      assert.equal(told?.rule?.limits.producer_byte_rate ?? null, held?.limit ?? null);
    }),
  );
});

test('[QTG-3] a quota says which closer ones take clients out of it, and no others', () => {
  const rows = rowsOf([
    [[user(null)], { producer_byte_rate: 1 }],
    [[user('a')], { producer_byte_rate: 2 }],
    [[user('b')], { consumer_byte_rate: 2 }],
    [[user('a'), client(null)], { producer_byte_rate: 3 }],
    [[client('x')], { producer_byte_rate: 4 }],
    [[ip(null)], { connection_creation_rate: 5 }],
  ]);
  const closer = (id: string) => closerThan(rows, rows.get(id) as QuotaRow).map((each) => each.id);
  assert.deepEqual(closer('user'), ['user:a', 'user:a,client-id']);
  assert.deepEqual(closer('user:a'), ['user:a,client-id']);
  assert.deepEqual(closer('client-id:x'), ['user', 'user:a', 'user:a,client-id']);
  assert.deepEqual(closer('ip'), []);
});

test('[QTG-4] the list is searched by name and by what defaults are called, and sorted on the whole set', () => {
  const rows = rowsOf([
    [[client('zeta')], { producer_byte_rate: 1 }],
    [[user('alice')], { producer_byte_rate: 3 }],
    [[user(null)], { consumer_byte_rate: 1 }],
    [[user('alice'), client('app')], { producer_byte_rate: 2 }],
    [[ip('10.0.0.1')], { connection_creation_rate: 1 }],
  ]);
  const whole = { offset: 0, limit: 200 };
  const ids = (params: Partial<Parameters<typeof listOf>[1]>) =>
    windowed(listOf(rows, { query: '', kind: null, sort: 'entity', descending: false, ...params }), whole).rows.map(
      ({ id }) => id,
    );
  assert.deepEqual(ids({}), ['user:alice', 'user:alice,client-id:app', 'user', 'client-id:zeta', 'ip:10.0.0.1']);
  assert.deepEqual(ids({ query: 'ALICE' }), ['user:alice', 'user:alice,client-id:app']);
  assert.deepEqual(ids({ query: 'every other' }), ['user']);
  assert.deepEqual(ids({ kind: 'client' }), ['client-id:zeta']);
  const byRate = ids({ sort: 'producer_byte_rate', descending: true });
  assert.deepEqual(byRate.slice(0, 3), ['user:alice', 'user:alice,client-id:app', 'client-id:zeta']);
  assert.equal(byRate.length, 5);
});

test('[QTG-5] parts of an entity come in any order; one with a part that nobody knows is left out', () => {
  const parts = [
    { entityType: 'client-id', entityName: 'c' },
    { entityType: 'user', entityName: null },
  ];
  assert.deepEqual(entityOf(parts), [user(null), client('c')]);
  assert.equal(entityOf([...parts, { entityType: 'planet', entityName: 'x' }]), null);
});
