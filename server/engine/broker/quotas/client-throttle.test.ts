// Clients held to their quotas on the wire: what the answers say, and that the broker waits as it said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { produce } from '../../../protocol/schema/00-produce.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import { alterClientQuotas } from '../../../protocol/schema/49-alter-client-quotas.ts';
import { ClientQuotas } from '../../metadata/client-quotas.ts';
import { QuotaLimits } from '../../metadata/quota-limits.ts';
import type { Connection } from '../../rpc/connection.ts';
import { NO_RESPONSE } from '../../rpc/handler.ts';
import { batchOf, TestBroker } from '../testing/test-broker.ts';
import { ClientThrottle } from './client-throttle.ts';

const RECORD_BYTES = 9_800;
const BATCH = batchOf(['x'.repeat(RECORD_BYTES)]);

async function setQuota(broker: TestBroker, clientId: string, key: string, value: number): Promise<void> {
  const entity = [{ entityType: 'client-id', entityName: clientId }];
  await broker.ask(alterClientQuotas, { entries: [{ entity, ops: [{ key, value, remove: false }] }] });
}
const write = (client: Connection, acks: number) =>
  client.send(
    produce,
    11,
    {
      acks,
      timeoutMs: 1000,
      topicData: [{ name: 't', partitionData: [{ index: 0, records: Buffer.from(BATCH) }] }],
    },
    600_000,
  );

async function start(): Promise<TestBroker> {
  const broker = await TestBroker.start();
  await broker.createTopic('t');
  return broker;
}

test('[QUO-20] a producer over its quota is answered at once and not served again for as long as the answer says', async () => {
  const broker = await start();
  await setQuota(broker, 'held', 'producer_byte_rate', 1000);
  const client = await broker.connect('held');
  const { world } = broker;
  const first = await world.until(write(client, -1));
  assert.equal(first.throttleTimeMs, 0, 'not quite 10,000 bytes in a window of ten seconds');
  const beforeMs = world.clock.monotonicMs();
  const second = await world.until(write(client, -1));
  assert.ok(second.throttleTimeMs > 8000 && second.throttleTimeMs < 12_000, `${second.throttleTimeMs} ms`);
  assert.ok(world.clock.monotonicMs() - beforeMs < 100, 'the answer itself does not wait');
  await world.until(write(client, -1));
  const waitedMs = world.clock.monotonicMs() - beforeMs;
  assert.ok(waitedMs >= second.throttleTimeMs, `${waitedMs} ms`);
  const other = await broker.connect('free');
  const freeMs = world.clock.monotonicMs();
  for (let i = 0; i < 5; i++) assert.equal((await world.until(write(other, -1))).throttleTimeMs, 0);
  assert.ok(world.clock.monotonicMs() - freeMs < 100, 'other clients are not held');
  for (const each of [client, other]) each.close();
  await broker.stop();
});

test('[QUO-21] a consumer over its quota is given nothing and loses nothing: later the same records are there', async () => {
  const broker = await start();
  for (let i = 0; i < 4; i++) await broker.produce('t', Buffer.from(BATCH));
  await setQuota(broker, 'held', 'consumer_byte_rate', 1000);
  const client = await broker.connect('held');
  const { world } = broker;
  const ask = (offset: number) => world.until(broker.startFetch('t', offset, {}, client));
  const first = await ask(0);
  const bytesOf = (answer: Awaited<ReturnType<typeof ask>>) => answer.responses[0]?.partitions[0]?.records?.length ?? 0;
  assert.ok(
    bytesOf(first) > RECORD_BYTES && bytesOf(first) < 2 * RECORD_BYTES,
    'no more than the quota’s window at once',
  );
  const heldAtMs = world.clock.monotonicMs();
  const held = await ask(1);
  assert.ok(held.throttleTimeMs > 0);
  assert.deepEqual(held.responses, []);
  let again = await ask(1);
  assert.ok(world.clock.monotonicMs() - heldAtMs >= held.throttleTimeMs);
  while (again.throttleTimeMs > 0) again = await ask(1);
  assert.ok(bytesOf(again) > RECORD_BYTES);
  client.close();
  await broker.stop();
});

test('[QUO-22] acks=0 has no answer to say it in, and is held all the same', async () => {
  const broker = await start();
  await setQuota(broker, 'held', 'producer_byte_rate', 1000);
  const client = await broker.connect('held');
  const { world } = broker;
  const beforeMs = world.clock.monotonicMs();
  for (let i = 0; i < 3; i++) write(client, 0).catch(() => {});
  const asked = client.send(metadata, 9, { topics: [] }, 600_000).catch(() => null);
  await world.until(asked);
  assert.ok(world.clock.monotonicMs() - beforeMs > 9000);
  client.close();
  await broker.stop();
});

test('[QUO-23] the share of the broker’s time is held to: time spent counts as it was measured, and nobody waits over a second for it', () => {
  let nowMs = 0;
  const quotas = new ClientQuotas();
  const entity = [{ entityType: 'user', entityName: null }];
  const throttle = new ClientThrottle({ nowMs: () => nowMs, monotonicMs: () => nowMs }, new QuotaLimits(() => quotas));
  assert.equal(throttle.isTimed, false);
  quotas.replay({ entity, key: 'request_percentage', value: 10, remove: false });
  assert.equal(throttle.isTimed, true);
  const METADATA = 3;
  const charge = (busyMs: number, answer: unknown = {}, apiKey = METADATA) =>
    throttle.charge({ apiKey, user: 'u', clientId: 'c', requestBytes: 100, busyMs, answer });
  assert.equal(charge(1000), 0, 'ten per cent of ten seconds');
  assert.equal(charge(20), 200, '20 ms more than that, at a tenth of the time');
  assert.equal(charge(10_000), 1000);
  assert.equal(charge(10_000, NO_RESPONSE, 0), 0, 'acks=0 is not held for its time');
  nowMs += 30_000;
  throttle.spent({ user: 'u', clientId: 'c' }, 1050);
  assert.equal(charge(0), 500, 'writing answers counts');
});

test('[QUO-41] a connection past the rate of its address is closed unread after a while; the address’s own limit goes before the default', async () => {
  const broker = await start();
  const { world } = broker;
  const limit = async (entityName: string | null, value: number | null) => {
    const ops = [{ key: 'connection_creation_rate', value: value ?? 0, remove: value === null }];
    const entity = [{ entityType: 'ip', entityName }];
    const { entries } = await broker.ask(alterClientQuotas, { entries: [{ entity, ops }] });
    return entries[0]?.errorCode;
  };
  const isServed = async () => {
    const client = await broker.connect('new');
    const asked = client.send(metadata, 9, { topics: [] }, 60_000);
    const isAnswered = asked.then(
      () => true,
      () => false,
    );
    await world.settle();
    const startMs = world.clock.monotonicMs();
    const answered = await world.until(isAnswered);
    client.close();
    return answered ? true : world.clock.monotonicMs() - startMs;
  };
  assert.equal(await limit('127.0.0.1', 1), 0);
  for (let i = 0; i < 10; i++) assert.equal(await isServed(), true, `connection ${i}`);
  const heldMs = await isServed();
  assert.ok(typeof heldMs === 'number' && heldMs >= 500 && heldMs <= 1010, `closed after ${heldMs} ms`);
  assert.equal((await broker.produce('t', Buffer.from(BATCH))).errorCode, 0, 'those that are there are served');
  assert.equal(await limit('127.0.0.1', null), 0);
  assert.equal(await isServed(), true);
  assert.equal(await limit(null, 1), 0);
  for (let i = 0; i < 10; i++) assert.equal(await isServed(), true);
  assert.equal(typeof (await isServed()), 'number');
  assert.equal(await limit('127.0.0.1', 1000), 0);
  assert.equal(await isServed(), true);
  await broker.stop();
});
