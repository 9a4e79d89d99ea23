import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { QuotaEntity, QuotaEntityType } from '../client-quotas.ts';
import { decodeRecord, encodeRecord } from '../record.ts';
import { snapshot } from '../snapshot.ts';
import { MetadataState } from '../state.ts';
import { CLUSTER_ID, TestCluster } from '../testing/cluster.ts';

type Entity = Partial<Record<QuotaEntityType | 'nonsense', string | null>>;
const { NONE, INVALID_REQUEST } = ErrorCode;
const of = (entity: Entity): QuotaEntity => new Map(Object.entries(entity)) as QuotaEntity;

function alter(
  cluster: TestCluster,
  entries: readonly (readonly [Entity, Readonly<Record<string, number | null>>])[],
  validateOnly = false,
): (number | undefined)[] {
  const reply = cluster.run('alterClientQuotas', {
    entries: entries.map(([entity, ops]) => ({
      entity: Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
      ops: Object.entries(ops).map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
    })),
    validateOnly,
  });
  return reply.entries?.map(({ errorCode }) => errorCode) ?? [];
}

test('[META-100] quotas of users, client ids and their defaults are set, changed and taken back, each entity by itself', () => {
  const cluster = new TestCluster();
  const set = alter(cluster, [
    [{ user: 'u' }, { producer_byte_rate: 10 }],
    [
      { 'client-id': 'c', user: 'u' },
      { producer_byte_rate: 20, request_percentage: 0.5 },
    ],
    [{ user: null }, { consumer_byte_rate: 30 }],
  ]);
  assert.deepEqual(set, [NONE, NONE, NONE]);
  const { clientQuotas } = cluster.state;
  assert.deepEqual([...clientQuotas.valuesOf(of({ user: 'u', 'client-id': 'c' }))].length, 2);
  assert.equal(clientQuotas.valuesOf(of({ user: null })).get('consumer_byte_rate'), 30);
  const before = clientQuotas.revision;
  alter(cluster, [[{ user: 'u' }, { producer_byte_rate: null }]]);
  assert.ok(clientQuotas.revision > before, 'who made something of the quotas is told');
  assert.deepEqual([...clientQuotas.all].length, 2);
  assert.deepEqual([...clientQuotas.valuesOf(of({ user: 'u' }))], []);
});

test('[META-101] what does not change a quota writes no record, nor does a request that only asks whether it may', () => {
  const cluster = new TestCluster();
  alter(cluster, [[{ user: 'u' }, { producer_byte_rate: 10 }]]);
  const { length } = cluster.log;
  assert.deepEqual(alter(cluster, [[{ user: 'u' }, { producer_byte_rate: 10, consumer_byte_rate: null }]]), [NONE]);
  assert.deepEqual(alter(cluster, [[{ user: 'v' }, { producer_byte_rate: 10 }]], true), [NONE]);
  assert.deepEqual(alter(cluster, [[{ user: 'v' }, { producer_byte_rate: -1 }]], true), [INVALID_REQUEST]);
  assert.equal(cluster.log.length, length);
});

test('[META-102] unknown entities, keys and values are refused without a change; the other entities are altered', () => {
  const cluster = new TestCluster();
  const bad: readonly (readonly [Entity, Readonly<Record<string, number | null>>])[] = [
    [{}, { producer_byte_rate: 1 }],
    [{ nonsense: 'x' }, { producer_byte_rate: 1 }],
    [{ user: '' }, { producer_byte_rate: 1 }],
    [{ ip: '::1', user: 'x' }, { producer_byte_rate: 1 }],
    [{ ip: '::1' }, { producer_byte_rate: 1 }],
    [{ ip: '::2' }, { connection_creation_rate: 1.5 }],
    [{ ip: '::3' }, { connection_creation_rate: 2 ** 31 }],
    [{ ip: 'somewhere.example' }, { connection_creation_rate: 1 }],
    [{ user: 'x' }, { connection_creation_rate: 1 }],
    [{ user: 'a' }, { nonsense: 1 }],
    [{ user: 'b' }, { producer_byte_rate: 0 }],
    [{ user: 'c' }, { producer_byte_rate: 1.5 }],
    [{ user: 'd' }, { producer_byte_rate: 1e300 }],
    [{ user: 'e' }, { producer_byte_rate: 5, nonsense: 1 }],
  ];
  const codes = alter(cluster, [...bad, [{ user: 'good' }, { producer_byte_rate: 1 }]]);
  assert.deepEqual(codes, [...bad.map(() => INVALID_REQUEST), NONE]);
  assert.deepEqual(
    [...cluster.state.clientQuotas.all].map(({ entity }) => [...entity]),
    [[['user', 'good']]],
  );
});

test('[META-103] quotas and credentials are read back from their records and from a snapshot', () => {
  const cluster = new TestCluster();
  alter(cluster, [
    [
      { user: null, 'client-id': 'c' },
      { producer_byte_rate: 10, controller_mutation_rate: 0.25 },
    ],
  ]);
  cluster.run('alterScramCredentials', {
    deletions: [],
    upsertions: [
      { name: 'u', mechanism: 1, iterations: 4096, salt: Buffer.from('s'), saltedPassword: Buffer.from('p') },
    ],
  });
  const told = [...snapshot(cluster.state)];
  const again = new MetadataState(CLUSTER_ID);
  for (const [offset, one] of told.entries()) again.replay(decodeRecord(encodeRecord(one)), offset);
  assert.deepEqual([...snapshot(again)], told);
  assert.equal(told.length, 3);
  again.clear();
  assert.deepEqual([...snapshot(again)], []);
});
