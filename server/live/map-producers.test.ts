import assert from 'node:assert/strict';
import test from 'node:test';
import type { ClientRow } from '../lab/lab.ts';
import type { MapView } from './contract.ts';
import { FakeClock, FakeGateway } from './fake-gateway.ts';
import { MapWithProducers, mapProducers, producerClients } from './map-producers.ts';

const row = (over: Partial<ClientRow>): ClientRow => ({
  brokerId: 1,
  connectionId: 1,
  clientId: 'shop',
  software: 'kafkajs 2.2.4',
  address: '127.0.0.1:51000',
  connectedAtMs: 0,
  activeAtMs: 1_000_000,
  topicsProduced: ['orders'],
  topicsFetched: [],
  groupIds: [],
  producedRecords: 0,
  producedBytes: 0,
  fetchedBytes: 0,
  ...over,
});

test('[MAP-7] connections of one client to several brokers are one producer; who only reads or fell silent is none', () => {
  const rows = [
    row({ brokerId: 2, producedRecords: 130, topicsProduced: ['audit'], address: '127.0.0.1:51001' }),
    row({ producedRecords: 40 }),
    row({ connectionId: 2, clientId: 'reader', topicsProduced: [] }),
    row({ connectionId: 3, clientId: 'old', activeAtMs: 1 }),
    row({ connectionId: 4, clientId: 'new', connectedAtMs: 999_500, producedRecords: 5 }),
  ];
  const since = {
    atMs: 998_000,
    producedByConnection: new Map([
      ['1/1', 20],
      ['2/1', 30],
    ]),
  };
  const clients = producerClients(rows, since, 1_000_000);
  assert.deepEqual(
    clients.map(({ name, brokers, topics, recordsPerSecond }) => [name, brokers, topics, recordsPerSecond]),
    [
      ['new', [1], ['orders'], 2.5],
      ['shop', [1, 2], ['audit', 'orders'], 60],
    ],
  );
  assert.deepEqual(producerClients(rows, null, 1_000_000)[0]?.recordsPerSecond, null, 'one reading is no rate');
  const shown = mapProducers(clients, new Set(['audit']));
  assert.deepEqual(
    shown.rows.map(({ name, topics }) => [name, topics]),
    [['shop', ['audit']]],
  );
  assert.deepEqual([shown.source, shown.total], ['connections', 1]);
});

test('[MAP-8] brokers are asked for their clients once a second while a map is open, and no longer', async () => {
  const gateway = new FakeGateway();
  const clock = new FakeClock();
  let asked = 0;
  const map = new MapWithProducers(
    gateway,
    async () => {
      asked += 1;
      if (asked === 2) throw new Error('a broker is on its way down');
      return [row({ activeAtMs: clock.nowMs(), producedRecords: asked * 10 })];
    },
    clock,
  );
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  let told = 0;
  const watch = map.watch(
    { topics: [] },
    () => (told += 1),
    () => undefined,
  );
  gateway.publish('map', { topics: [{ name: 'orders' }], producers: { source: 'unknown', rows: [], total: 0 } });
  await settled();
  const view: MapView | null = watch.read();
  assert.deepEqual(
    view?.producers.rows.map(({ name }) => name),
    ['shop'],
  );
  assert.equal(watch.read(), view, 'nothing changed: the same object');
  clock.advance(1_000);
  await settled();
  clock.advance(1_000);
  await settled();
  assert.equal(asked, 3);
  assert.deepEqual(
    watch.read()?.producers.rows.map(({ recordsPerSecond }) => recordsPerSecond),
    [10],
  );
  assert.ok(told >= 2);
  watch.close();
  clock.advance(10_000);
  await settled();
  assert.equal(asked, 3);
  assert.equal(gateway.views.size, 0);
});
