import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientQuotas } from './client-quotas.ts';
import { QuotaLimits } from './quota-limits.ts';

const KEY = 'producer_byte_rate';
const as = (clientId: string, user = 'ANONYMOUS') => ({ user, clientId });
type Names = { readonly user?: string | null; readonly client?: string | null };

function set(quotas: ClientQuotas, { user, client }: Names, value: number | null, key: string = KEY): void {
  const entity = [
    ...(user === undefined ? [] : [{ entityType: 'user', entityName: user }]),
    ...(client === undefined ? [] : [{ entityType: 'client-id', entityName: client }]),
  ];
  quotas.replay({ entity, key, value: value ?? 0, remove: value === null });
}

test('[QUO-10] the closest quota holds: user and client, user, default user, client, default client', () => {
  const quotas = new ClientQuotas();
  const limits = new QuotaLimits(() => quotas);
  assert.equal(limits.of(KEY, as('c')), null);
  // From the farthest to the closest.
  const order: readonly Names[] = [
    { client: null },
    { client: 'c' },
    { user: null },
    { user: null, client: null },
    { user: null, client: 'c' },
    { user: 'ANONYMOUS' },
    { user: 'ANONYMOUS', client: null },
    { user: 'ANONYMOUS', client: 'c' },
  ];
  for (const [i, names] of order.entries()) {
    set(quotas, names, i + 1);
    assert.equal(limits.of(KEY, as('c'))?.limit, i + 1, JSON.stringify(names));
  }
  set(quotas, { user: 'ANONYMOUS', client: 'c' }, null);
  assert.equal(limits.of(KEY, as('c'))?.limit, 7, 'a quota that was taken back holds nobody');
  assert.equal(limits.of('consumer_byte_rate', as('c')), null);
});

test('[QUO-11] a user’s quota is shared by all of its clients, a client id’s by all connections with that id only', () => {
  const quotas = new ClientQuotas();
  const limits = new QuotaLimits(() => quotas);
  set(quotas, { client: null }, 1);
  assert.notEqual(limits.of(KEY, as('a'))?.holder, limits.of(KEY, as('b'))?.holder);
  assert.equal(limits.of(KEY, as('')), null, 'a client without an id has no default of ids');
  set(quotas, { user: null }, 2);
  assert.equal(limits.of(KEY, as('a'))?.holder, limits.of(KEY, as('b'))?.holder);
  assert.equal(limits.of(KEY, as(''))?.limit, 2);
  assert.notEqual(limits.of(KEY, as('a', 'alice'))?.holder, limits.of(KEY, as('a', 'bob'))?.holder);
});
