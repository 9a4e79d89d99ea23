// A cluster grows and shrinks while clients work: a broker is added and gets its share, a move is cancelled half-way, a broker is
// drained. A third-party producer that retries sees no failed send, and a group reads every record.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { connectLive, type LiveClient } from './chaos/live-client.ts';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, assertFits, openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const ORDERS = 'move.orders';
const BULK = 'move.bulk';
const PARTITIONS = 12;
/** Each with three replicas of which one has to move: enough bytes for a throttle to be felt. */
const BULK_BYTES = 8_000_000;
const RUN_MS = 120_000;
const SEND_PAUSE_MS = 5;

let server: RunningServer;
let live: LiveClient;
let browser: Browser;
let page: Page;
let kafka: Kafka;
let producer: Producer;
let consumer: Consumer;
const faults: string[] = [];
const sent = new Set<string>();
const received = new Set<string>();
const failed: string[] = [];
let isSending = true;
let sending: Promise<void>;

before(async () => {
  server = await startServer();
  live = await connectLive(server.url);
  kafka = new Kafka({
    brokers: server.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { retries: 20 },
  });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [
      { topic: ORDERS, numPartitions: PARTITIONS, replicationFactor: 3 },
      { topic: BULK, numPartitions: 2, replicationFactor: 3 },
    ],
    waitForLeaders: true,
  });
  await admin.disconnect();
  producer = kafka.producer({ idempotent: true, retry: { retries: 20 } });
  await producer.connect();
  await fill(BULK, BULK_BYTES);
  consumer = kafka.consumer({ groupId: 'movers', retry: { retries: 20 } });
  await consumer.connect();
  await consumer.subscribe({ topics: [ORDERS], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      received.add(String(message.key));
    },
  });
  sending = sendOrders();
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280 }, faults);
  page.setDefaultTimeout(60_000);
});
after(async () => {
  isSending = false;
  await sending;
  await Promise.allSettled([consumer?.disconnect(), producer?.disconnect()]);
  live?.close();
  await browser?.close();
  await server?.stop();
});

async function fill(topic: string, bytes: number): Promise<void> {
  const value = 'x'.repeat(20_000);
  for (let at = 0; at < bytes; at += 25 * value.length) {
    await producer.send({
      topic,
      messages: Array.from({ length: 25 }, (_, index) => ({ key: `${at}-${index}`, value })),
    });
  }
}

/** One partition per send: kafkajs, when some leaders have answered, sends nothing more to them in a retry, whatever moved there. */
async function sendOrders(): Promise<void> {
  for (let number = 0; isSending; number += 1) {
    const key = `order-${number}`;
    try {
      await producer.send({
        topic: ORDERS,
        acks: -1,
        messages: [{ key, value: `order ${number}`, partition: number % PARTITIONS }],
      });
      sent.add(key);
    } catch (error) {
      failed.push(String(error));
    }
    await new Promise((resolve) => setTimeout(resolve, SEND_PAUSE_MS));
  }
}

const run = (state: string) => page.locator(`[data-testid=reassign-run][data-state=${state}]`);

async function replicasOn(brokerId: number): Promise<number> {
  const { rows } = await live.read('brokers', {});
  return rows.find(({ id }) => id === brokerId)?.replicas ?? 0;
}

/** From a plan on the page to its run. */
async function begin(): Promise<void> {
  await page.getByTestId('reassign-review').click();
  const dialog = page.getByTestId('reassign-confirm');
  assert.match(await dialog.getByTestId('reassign-hits').innerText(), /partitions? move/);
  await dialog.getByRole('button', { name: /^Move / }).click();
  await page.getByTestId('reassign-run').waitFor();
}

test('[RSGE-1] a broker that was added gets its share of replicas, leaders and bytes, from the page', async () => {
  const { nodeId } = await live.call('lab.addBroker', { rack: null });
  assert.equal(nodeId, 4);
  await page.goto(server.url);
  await page.waitForURL('**/c/local');
  await page.getByRole('navigation', { name: 'Sections' }).first().getByRole('link', { name: 'Brokers' }).click();
  await page.getByTestId('broker-row').nth(3).waitFor();
  await page.getByRole('link', { name: 'Reassign partitions' }).click();
  await page.getByTestId('reassign-spread').click();
  await page.getByTestId('plan-facts').waitFor();
  const added = page.locator('[data-testid=broker-change][data-key="4"]').getByTestId('after-replicas');
  assert.equal(await added.getAttribute('data-before'), '0');
  const planned = Number(await added.getAttribute('data-after'));
  assert.ok(planned >= 10, `${planned} replicas planned for the new broker`);
  await assertAccessible(page);
  await begin();
  await run('done').waitFor({ timeout: RUN_MS });
  assert.match(await page.getByTestId('reassign-summary').innerText(), /^\d+ partitions moved in .* copied/);
  await until('broker 4 holds what was planned', 30_000, async () => (await replicasOn(4)) === planned);
  await assertAccessible(page);
});

test('[RSGE-2] a throttled move survives a reload and is cancelled half-way: everything is back where it was', async () => {
  await page.getByRole('button', { name: 'Plan another' }).click();
  await page.getByTestId('reassign-drain').click();
  await page.getByLabel('Broker to drain').selectOption('1');
  await page.getByLabel('Throttle, MB/s for each broker').fill('0.02');
  await page.getByTestId('plan-facts').waitFor();
  const before = await replicasOn(1);
  await begin();
  await run('running').waitFor();
  await page.reload();
  await run('running').waitFor();
  await page.getByTestId('move-row').first().waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await assertAccessible(page);
  await assertFits(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByTestId('reassign-cancel').getByRole('button', { name: 'Cancel reassignment' }).click();
  await run('cancelled').waitFor({ timeout: RUN_MS });
  const { run: ended } = await live.read('reassign', { query: '', state: null, offset: 0, limit: 10 });
  const { done = 0, cancelled = 0, failed: broken = 0 } = ended?.counts ?? {};
  assert.ok(cancelled > 0, 'the large partitions were not done yet');
  assert.equal(broken, 0);
  await until('what was cancelled is back', 30_000, async () => (await replicasOn(1)) === before - done);
  const configs = await live.call('broker.configs', { brokerId: 1 });
  const throttles = configs.filter(({ name, source }) => /throttled.rate/.test(name) && source === 'DYNAMIC_BROKER');
  assert.deepEqual(throttles, [], 'the throttle is gone');
});

test('[RSGE-3] a drained broker holds nothing, and the page says that it can be removed', async () => {
  await page.goto(`${server.url}/c/local/brokers/1`);
  await page.getByRole('link', { name: 'Drain', exact: true }).click();
  await page.getByTestId('plan-facts').waitFor();
  await page.getByLabel('Throttle, MB/s for each broker').fill('');
  await begin();
  await run('done').waitFor({ timeout: RUN_MS });
  assert.match(await page.getByTestId('broker-empty').innerText(), /Broker 1 holds nothing now and can be removed/);
  assert.equal(await replicasOn(1), 0);
  assert.equal(await page.getByRole('link', { name: 'Remove it in the lab' }).getAttribute('href'), '/c/local/lab');
});

test('[RSGE-5] the address of a reassignment leads to its run while the dashboard follows it, and to what is left of it after', async () => {
  assert.match(page.url(), /kind=drain/);
  assert.match(page.url(), /begun=1/);
  await page.reload();
  await run('done').waitFor();
  await page.getByRole('button', { name: 'Plan another' }).click();
  await page.getByTestId('reassign-spread').waitFor();
  assert.doesNotMatch(page.url(), /begun|kind/);
  await page.goBack();
  await page.getByTestId('reassign-forgotten').getByText('The plan below is what is left of it').waitFor();
  await page.getByTestId('broker-empty').waitFor();
  await assertAccessible(page);
});

test('[RSGE-4] no send failed through all of it, and the group has every record', async () => {
  isSending = false;
  await sending;
  assert.deepEqual(failed, []);
  assert.ok(sent.size > 100, `${sent.size} records were sent`);
  await until('the group has read everything', 30_000, () => [...sent].every((key) => received.has(key)));
  assert.deepEqual(faults, []);
});
