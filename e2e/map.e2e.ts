// The live map in a browser, over a cluster with real clients: partitions of a topic with three replicas, records that flow, and a broker
// that is killed while somebody looks: its tiles go offline, other brokers lead, the log tells it. Then keys, table and pictures.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { connectLive, type LiveClient } from './chaos/live-client.ts';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, assertFits, openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const TOPIC = 'map.orders';
const PARTITIONS = 3;
const GROUP = 'map-readers';
const RECORDS_EACH_MS = 100;
/** A broker's session is 9 s; then come fencing, election and the next reading. */
const RECOVERY_MS = 40_000;
let server: RunningServer;
let live: LiveClient;
let browser: Browser;
let page: Page;
let producer: Producer;
let consumer: Consumer;
let isProducing = true;
let producing: Promise<void>;
const faults: string[] = [];

before(async () => {
  mkdirSync('screenshots', { recursive: true });
  server = await startServer();
  live = await connectLive(server.url);
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280, colorScheme: 'light' }, faults);
});
after(async () => {
  isProducing = false;
  await producing?.catch(() => undefined);
  await consumer?.disconnect().catch(() => undefined);
  await producer?.disconnect().catch(() => undefined);
  live?.close();
  await browser?.close();
  await server?.stop();
});

const kafka = (clientId: string) =>
  new Kafka({
    clientId,
    brokers: server.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 100, retries: 20 },
  });
const tiles = (attributes: string) => page.locator(`[data-tile^="${TOPIC}-"]${attributes}`);
const happened = (sentence: RegExp) =>
  page.getByTestId('map-event').filter({ hasText: sentence }).first().waitFor({ timeout: RECOVERY_MS });
async function startClients(): Promise<void> {
  producer = kafka('map-shop').producer();
  await producer.connect();
  consumer = kafka('map-reader').consumer({ groupId: GROUP });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await consumer.run({ autoCommitInterval: 500, eachMessage: async () => undefined });
  const send = async () => {
    for (let count = 0; isProducing; count += 1) {
      const messages = Array.from({ length: PARTITIONS * 2 }, (_, at) => ({
        partition: at % PARTITIONS,
        value: `${count}`,
      }));
      await producer.send({ topic: TOPIC, messages, acks: -1 }).catch(() => undefined); // A leader is away: the next one takes it.
      await new Promise((resolve) => setTimeout(resolve, RECORDS_EACH_MS));
    }
  };
  producing = send();
}

test('[MAPE-1] the empty map shows the brokers and how to begin; a topic appears with its leaders and followers by itself', async () => {
  await page.goto(server.url);
  await page
    .getByRole('navigation', { name: 'Sections' })
    .first()
    .getByRole('link', { name: 'Map', exact: true })
    .click();
  await page.waitForURL('**/c/local/map');
  await until(
    'three brokers',
    15_000,
    async () => (await page.locator('[data-broker-lane][data-up=true]').count()) === 3,
  );
  await page.getByText('No topic to draw yet').waitFor();
  await assertAccessible(page);
  await page.screenshot({ path: 'screenshots/map-empty.png' });
  const admin = kafka('map-admin').admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: TOPIC, numPartitions: PARTITIONS, replicationFactor: 3 }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  await until('leaders', 15_000, async () => (await tiles('[data-state=leader]').count()) === PARTITIONS);
  await until('followers', 15_000, async () => (await tiles('[data-state=inSync]').count()) === PARTITIONS * 2);
});

test('[MAPE-2] records flow: producer, rates, dots and the group that reads are real', async () => {
  await startClients();
  await page.locator('[data-producer="map-shop"]').waitFor();
  await page.locator(`[data-group-card="${GROUP}"]`).waitFor();
  const rate = async () => Number(await page.locator(`[data-topic-chip="${TOPIC}"]`).getAttribute('data-rate'));
  await until('a rate', 20_000, async () => (await rate()) > 5);
  for (const kind of ['produce', 'in', 'out']) {
    await page.locator(`[data-testid=map-dots] [data-dot=${kind}]`).first().waitFor({ state: 'attached' });
  }
  assert.ok(Number(await page.getByTestId('map-scale').getAttribute('data-records')) >= 1);
  await page.getByRole('button', { name: 'Pause dots' }).click();
  await until('no dots', 5_000, async () => (await page.locator('[data-testid=map-dots] circle').count()) === 0);
  await page.getByRole('button', { name: 'Move dots' }).click();
  await page.screenshot({ path: 'screenshots/map-flowing.png' });
});

test('[MAPE-3] by keyboard alone: one stop for Tab, arrows move, Enter selects and explains, the table follows, Escape lets go', async () => {
  const lane = page.locator('[data-broker-lane="1"]');
  await lane.focus();
  await page.keyboard.press('ArrowDown');
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-map-id') ?? '');
  assert.match(focused, /^replica:map\.orders\/\d@1$/);
  assert.equal(await page.locator('[data-testid=map] [tabindex="0"]').count(), 1);
  await page.keyboard.press('Enter');
  const partition = /\/(\d)@/.exec(focused)?.[1];
  const sentence = await page.getByTestId('map-explanation').innerText();
  assert.match(sentence, new RegExp(`Partition ${partition} of map\\.orders: leader \\d, followers \\d and \\d`));
  assert.ok(
    page.url().includes(`sel=partition:${TOPIC}/${partition}`) || page.url().includes('sel=partition'),
    page.url(),
  );
  await page.getByTestId('map-replication').locator('path').first().waitFor({ state: 'attached' });
  assert.equal(
    await page.locator(`[data-testid=map-row][data-key="partition:${TOPIC}/${partition}"].bg-accent-soft`).count(),
    1,
  );
  await page.keyboard.press('Escape');
  await page.getByText('How a cluster works').waitFor();
  await page.getByTestId('map-row').nth(1).getByRole('link').click();
  assert.match(await page.getByTestId('map-explanation').innerText(), /Partition 1 of map\.orders/);
});

test('[MAPE-4] a killed leader: its tiles go offline, another broker leads, it flashes and is written down with the time', async () => {
  const leading = await tiles('[data-state=leader][data-tile$="-1"]').getAttribute('data-broker');
  const killed = Number(leading);
  assert.ok(killed >= 1 && killed <= 3);
  await live.call('lab.kill', { nodeId: killed });
  await page.locator(`[data-broker-lane="${killed}"][data-up=false]`).waitFor({ timeout: RECOVERY_MS });
  await until(
    'tiles offline',
    RECOVERY_MS,
    async () => (await tiles(`[data-broker="${killed}"][data-state=offline]`).count()) === PARTITIONS,
  );
  await happened(new RegExp(`Broker ${killed} is down`));
  await happened(new RegExp(`Broker \\d now leads .*${TOPIC}-1.*led by broker ${killed} before`));
  await page.getByTestId('map-flash').first().waitFor({ state: 'attached' });
  await happened(new RegExp(`Broker ${killed} fell out of sync for`));
  const leader = await tiles('[data-state=leader][data-tile$="-1"]').getAttribute('data-broker');
  assert.ok(Number(leader) !== killed);
  assert.match(
    await page.getByTestId('map-explanation').innerText(),
    new RegExp(`Partition 1 of map\\.orders: leader ${leader}.*Broker ${killed} is down`, 's'),
  );
  await page.screenshot({ path: 'screenshots/map-broker-down.png' });
  await assertAccessible(page);
  await live.call('lab.start', { nodeId: killed });
  await happened(new RegExp(`Broker ${killed} is up again`));
  await happened(new RegExp(`Broker ${killed} is in sync again for`));
  await until('all in sync', RECOVERY_MS, async () => (await tiles('[data-state=inSync]').count()) === PARTITIONS * 2);
});

for (const look of [
  { name: 'wide', width: 1720, colorScheme: 'light' },
  { name: 'dark', width: 1280, colorScheme: 'dark' },
  { name: 'phone', width: 390, colorScheme: 'light' },
  { name: 'phone-dark', width: 390, colorScheme: 'dark' },
  { name: 'still', width: 1280, colorScheme: 'light', reducedMotion: 'reduce' },
] as const) {
  test(`[MAPE-5] the map is accessible and fits, with less motion and on a phone, where the table comes first: ${look.name}`, async () => {
    const other = await openPage(browser, look, faults);
    await other.goto(`${server.url}/c/local/map?sel=topic:${TOPIC}`);
    await other.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
    await other.getByTestId('map-row').first().waitFor();
    if (look.width < 900) {
      assert.equal(await other.getByTestId('map').count(), 0);
      await other.getByText('Map', { exact: true }).and(other.locator('label')).click();
      await other.locator('[data-testid=map][data-compact=true]').waitFor();
    }
    await other.locator('[data-tile]').first().waitFor();
    if (look.name === 'still') {
      assert.equal(await other.locator('[data-testid=map-dots] circle').count(), 0);
      await other.getByText('the wider a line, the more records flow').waitFor();
    }
    await assertFits(other);
    await other.screenshot({ path: `screenshots/map-${look.name}.png`, fullPage: true });
    await assertAccessible(other);
    await other.context().close();
  });
}

test('[MAPE-6] with a thousand topics the map draws few, says how many it leaves out, and takes those that are chosen', async () => {
  const admin = kafka('map-admin').admin();
  await admin.connect();
  for (let batch = 0; batch < 10; batch += 1) {
    const topics = Array.from({ length: 100 }, (_, at) => ({ topic: `many-${batch * 100 + at}`, numPartitions: 1 }));
    await admin.createTopics({ topics, waitForLeaders: false });
  }
  await admin.createTopics({ topics: [{ topic: 'broad', numPartitions: 200, replicationFactor: 1 }] });
  await admin.disconnect();
  await page.getByText(/of 1\.0 k topics drawn/).waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Choose topics' }).click();
  const dialog = page.getByTestId('map-topics');
  await dialog.getByRole('searchbox').fill('broad');
  await dialog.getByRole('checkbox', { name: 'broad' }).check();
  await dialog.getByRole('searchbox').fill('many-99');
  await dialog.getByRole('checkbox', { name: 'many-999' }).check();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await until(
    '60 partitions',
    15_000,
    async () => (await page.getByTestId('map-drawn').getAttribute('data-drawn')) === '60',
  );
  assert.match(page.url(), /topics=broad,many-999/);
  await page.getByText('and 141 more', { exact: true }).waitFor({ state: 'attached' });
  assert.equal(await page.locator('[data-tile]').count(), 60);
  await page.screenshot({ path: 'screenshots/map-many.png', fullPage: true });
  await assertAccessible(page);
  assert.deepEqual(faults, []);
});
