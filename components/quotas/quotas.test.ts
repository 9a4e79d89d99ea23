// Proves what people read and type on the page of quotas.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { QUOTA_KEYS, type QuotaEntity } from '../../server/live/contract.ts';
import { quotaCommand } from './command.ts';
import { entityOf, entityOfClient, entityWords, idOf, whomItHolds, whoShares } from './entity.ts';
import { changesOf, keysOf, limitWords, readLimit, typedLimit } from './limits.ts';
import { quotasParams } from './quotas-params.ts';

const user = (name: string | null) => ({ type: 'user', name }) as const;
const client = (name: string | null) => ({ type: 'client-id', name }) as const;
const ip = (name: string | null) => ({ type: 'ip', name }) as const;

test('[WEB-70] an entity reads as people say it, with whom it holds and who shares it', () => {
  assert.equal(entityWords([user('alice'), client('orders-app')]), 'User alice, client orders-app');
  assert.equal(entityWords([user('alice'), client(null)]), 'User alice, every other client');
  assert.equal(entityWords([user(null)]), 'Every other user');
  assert.equal(entityWords([ip(null)]), 'Every other address');
  assert.match(whomItHolds([user('alice')]), /user alice, whatever the client id/);
  assert.match(whomItHolds([client('app')]), /with client id app, whoever the user is, unless a quota names the user/);
  assert.match(whoShares([user('alice')]), /All clients of this user share it/);
  assert.match(whoShares([user(null)]), /Each user has it for itself/);
  assert.match(whoShares([user('a'), client(null)]), /Each pair of user and client id/);
});

test('[WEB-71] an entity in an address reads back the same, whatever the names; what is none is refused', () => {
  const name = fc.option(fc.string({ unit: 'binary', minLength: 1 }));
  const entity: fc.Arbitrary<QuotaEntity> = fc.oneof(
    name.map((n) => [user(n)]),
    name.map((n) => [ip(n)]),
    fc.tuple(name, name).map(([u, c]) => [user(u), client(c)]),
  );
  fc.assert(fc.property(entity, (each) => assert.deepEqual(entityOf(idOf(each)), each)));
  for (const text of ['', 'nonsense:x', 'user:a,user:b', 'user:%zz']) assert.equal(entityOf(text), null);
  assert.deepEqual(entityOfClient({ user: 'a', clientId: 'c', ip: '::1' }), [user('a'), client('c')]);
  assert.deepEqual(entityOfClient({ user: '', clientId: '', ip: '::1' }), [ip('::1')]);
});

test('[WEB-72] a limit is typed with a unit and reads back as it was; what Kafka refuses is refused in words', () => {
  const reads = (key: (typeof QUOTA_KEYS)[number], text: string, value: number | null) =>
    assert.deepEqual(readLimit(key, text), { value }, text);
  reads('producer_byte_rate', '10 MB/s', 10_000_000);
  reads('producer_byte_rate', '1.1 GB/s', 1_100_000_000);
  reads('producer_byte_rate', '5MiB', 5_242_880);
  reads('producer_byte_rate', '1,048,576', 1_048_576);
  reads('producer_byte_rate', ' ', null);
  reads('request_percentage', '12.5 %', 12.5);
  reads('controller_mutation_rate', '0.5/s', 0.5);
  for (const [key, text] of [
    ['producer_byte_rate', '1.5 B/s'],
    ['producer_byte_rate', '0'],
    ['producer_byte_rate', '-4'],
    ['producer_byte_rate', '9007199254740992'],
    ['producer_byte_rate', '12 %'],
    ['connection_creation_rate', '2147483648'],
    ['connection_creation_rate', '0.5'],
    ['request_percentage', 'much'],
  ] as const) {
    assert.ok('problem' in readLimit(key, text), `${key} ${text}`);
  }
  const whole = fc.oneof(
    fc.integer({ min: 1, max: 5_000_000_000 }),
    fc.integer({ min: 1, max: 9_999 }).map((n) => n * 1024 * 1024),
  );
  fc.assert(fc.property(whole, (value) => reads('consumer_byte_rate', typedLimit('consumer_byte_rate', value), value)));
  const part = fc.double({ min: 0.001, max: 10_000, noNaN: true }).filter((value) => !String(value).includes('e'));
  fc.assert(fc.property(part, (value) => reads('request_percentage', typedLimit('request_percentage', value), value)));
  assert.equal(typedLimit('producer_byte_rate', 1_100_000), '1.1 MB/s');
  assert.equal(limitWords('producer_byte_rate', 5_242_880), '5 MiB/s');
  assert.equal(limitWords('producer_byte_rate', 12_345), '12.3 kB/s');
  assert.equal(limitWords('request_percentage', 12.5), '12.5 %');
});

test('[WEB-73] only what differs is changed, and an address has other limits than a user', () => {
  assert.deepEqual(
    changesOf(
      { producer_byte_rate: 5, request_percentage: 1 },
      { producer_byte_rate: 5, request_percentage: null, consumer_byte_rate: 7 },
    ),
    {
      request_percentage: null,
      consumer_byte_rate: 7,
    },
  );
  assert.deepEqual(keysOf([ip('::1')]), ['connection_creation_rate']);
  assert.equal(keysOf([user('a')]).length, QUOTA_KEYS.length - 1);
});

test('[WEB-74] the command names each part, defaults as such, and no name becomes shell', () => {
  const command = quotaCommand(['a:1', 'b:2'], [user("o'neil $(x)"), client(null)], {
    producer_byte_rate: 1e15,
    consumer_byte_rate: 2048,
    request_percentage: null,
  });
  assert.match(command, /--bootstrap-server a:1,b:2 /);
  assert.match(
    command,
    /--add-config producer_byte_rate=1000000000000000,consumer_byte_rate=2048 --delete-config request_percentage/,
  );
  assert.ok(
    command.includes(`--entity-type users --entity-name 'o'\\''neil $(x)' --entity-type clients --entity-default`),
    command,
  );
  assert.match(
    quotaCommand(['a:1'], [ip('10.0.0.7')], { connection_creation_rate: 5 }),
    /--entity-type ips --entity-name 10.0.0.7/,
  );
});

test('[WEB-75] the page reads from its address what the list asks for, and nonsense is left out', () => {
  const read = (query: string) => {
    const params = new URLSearchParams(query);
    return quotasParams((name) => params.get(name) ?? '');
  };
  assert.deepEqual(read('q=al&kind=user-client&sort=request_percentage&desc=1&id=user:a&user=alice').client, {
    user: 'alice',
    clientId: '',
    ip: '',
  });
  const { kind, sort, id, client: asked } = read('kind=x&sort=y');
  assert.deepEqual([kind, sort, id, asked], [null, 'entity', null, null]);
});
