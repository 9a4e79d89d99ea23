// What people change from the pages, on the embedded cluster: configuration, partitions, records; following a topic live with exact
// counts; a message's address in a browser that has never been here; a whole round by keyboard alone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { connectLive, type LiveClient } from './chaos/live-client.ts';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const TOPIC = 'actions.orders';
let server: RunningServer;
let browser: Browser;
let page: Page;
let producer: Producer;
let live: LiveClient;
const faults: string[] = [];

before(async () => {
  server = await startServer();
  live = await connectLive(server.url);
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280, height: 800 }, faults);
  const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  producer = kafka.producer();
  await producer.connect();
});
after(async () => {
  live?.close();
  await producer?.disconnect();
  await browser?.close();
  await server?.stop();
});

async function write(count: number, prefix: string): Promise<void> {
  for (let first = 0; first < count; first += 1_000) {
    const messages = Array.from({ length: Math.min(1_000, count - first) }, (_, i) => ({
      key: `${prefix}-${first + i}`,
      value: `${prefix} ${first + i} ${'x'.repeat(80)}`,
    }));
    await producer.send({ topic: TOPIC, messages });
  }
}
const numberOf = async (testId: string): Promise<number> =>
  Number(await page.getByTestId(testId).getAttribute('data-value'));
const textOf = (name: string) =>
  page.locator(`[data-testid=config-row][data-key="${name}"]`).getByTestId('config-value').innerText();

test('[E2E-9] a setting is changed with its help at hand, a bad value is refused in words, and it goes back to its default', async () => {
  await page.goto(`${server.url}/c/local/topics/${TOPIC}/config`);
  const row = page.locator('[data-testid=config-row][data-key="retention.ms"]');
  await row.waitFor();
  const before = await textOf('retention.ms');
  await row.getByRole('button', { name: 'Change retention.ms' }).click();
  const dialog = page.getByTestId('edit-config-dialog');
  await dialog.getByLabel('retention.ms').fill('soon');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').first().waitFor();
  await dialog.getByLabel('retention.ms').fill('3600000');
  await dialog.getByText('1 h', { exact: true }).waitFor();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await until('the new value', 15_000, async () => /^3600000/.test(await textOf('retention.ms')));
  await row.getByText('set on this topic').waitFor();
  await row.getByRole('button', { name: 'Change or reset retention.ms' }).click();
  await dialog.getByRole('button', { name: 'Reset to default' }).click();
  await until('the value before', 15_000, async () => (await textOf('retention.ms')) === before);
});

test('[E2E-10] partitions are added after a warning about keys, and the page shows them', async () => {
  await page.goto(`${server.url}/c/local/topics/${TOPIC}/partitions`);
  await page.getByTestId('partition-row').first().waitFor();
  await page.getByTestId('topic-actions').click();
  await page.getByRole('menuitem', { name: 'Add partitions' }).click();
  const dialog = page.getByTestId('add-partitions-dialog');
  await dialog.getByText(/keys map to other partitions/).waitFor();
  await dialog.getByLabel('Partitions in total').fill('1');
  assert.ok(await dialog.getByRole('button', { name: 'Add partitions' }).isDisabled(), 'fewer is not offered');
  await dialog.getByLabel('Partitions in total').fill('3');
  await dialog.getByRole('button', { name: 'Add partitions' }).click();
  await until('three rows', 15_000, async () => (await page.getByTestId('partition-row').count()) === 3);
});

test('[E2E-11] records before an offset are deleted after their number was named', async () => {
  await producer.send({
    topic: TOPIC,
    messages: Array.from({ length: 50 }, (_, i) => ({ value: `old ${i}`, partition: 0 })),
  });
  await until('50 records', 15_000, async () => (await numberOf('topic-records')) === 50);
  await page.getByTestId('topic-actions').click();
  await page.getByRole('menuitem', { name: 'Delete records' }).click();
  const dialog = page.getByTestId('delete-records-dialog');
  const field = dialog.getByLabel('Partition 0: delete before offset');
  await field.fill('abc');
  await dialog.getByText('A whole number').waitFor();
  assert.doesNotMatch(await dialog.innerText(), /NaN/);
  await field.fill('51');
  await dialog.getByText('At most 50').waitFor();
  await field.fill('20');
  await dialog.getByRole('button', { name: 'Delete at most 20 records' }).click();
  await dialog.waitFor({ state: 'detached' });
  await until('30 records', 15_000, async () => (await numberOf('topic-records')) === 30);
});

test('[E2E-12] the live tail counts exactly: what matched is what came plus what was dropped, also while paused', async () => {
  await page.goto(`${server.url}/c/local/topics/${TOPIC}?live=1`);
  await page.getByText('Waiting for messages').waitFor();
  // Until the tail has found the ends of the partitions it has nothing to say; records written then count in full or not at all.
  let warm = 0;
  await until('a first record', 20_000, async () => {
    await write(1, `warm-${warm++}`);
    return (await page.getByTestId('message-row').count()) > 0;
  });
  await until('all of them', 15_000, async () => (await numberOf('tail-matched')) >= 1);
  await page.getByTestId('pause-tail').click();
  await page.locator('[data-testid=tail-status][data-state=held]').waitFor();
  await page.getByTestId('tail-waiting').waitFor();
  const start = { matched: 0, waiting: 0, dropped: 0 };
  await until('quiet', 15_000, async () => {
    const matched = await numberOf('tail-matched');
    const isQuiet = matched === start.matched;
    start.matched = matched;
    start.waiting = await numberOf('tail-waiting');
    start.dropped = await numberOf('tail-dropped');
    return isQuiet;
  });
  const top = await page.getByTestId('message-row').first().getAttribute('data-key');
  const count = 20_000;
  await write(count, 'burst');
  await until('all are counted', 30_000, async () => (await numberOf('tail-matched')) - start.matched === count);
  await until('each came or was dropped', 15_000, async () => {
    const came = (await numberOf('tail-waiting')) - start.waiting;
    const dropped = (await numberOf('tail-dropped')) - start.dropped;
    return came + dropped === count;
  });
  assert.equal(await page.getByTestId('message-row').first().getAttribute('data-key'), top, 'the rows stayed');
  await page.getByTestId('pause-tail').click();
  await page.locator('[data-testid=tail-status][data-state=running]').waitFor();
  await until('newer rows', 15_000, async () =>
    /burst/.test(await page.getByTestId('message-row').first().innerText()),
  );
  assert.ok((await page.getByTestId('message-row').count()) < 100, 'rows are windowed');
});

test('[E2E-13] the address of a message opens it in a browser that has never been here', async () => {
  await producer.send({
    topic: TOPIC,
    messages: [{ key: 'link', value: '{"linked":true,"n":9007199254740993}', partition: 2 }],
  });
  await page.goto(`${server.url}/c/local/topics/${TOPIC}?q=9007199254740993`);
  await page.getByTestId('message-row').first().getByRole('link').first().click();
  await page.getByTestId('record-drawer').waitFor();
  await page.getByTestId('record-drawer').getByRole('link', { name: 'Open as a page' }).click();
  await page.waitForURL(/\/m\/2\/\d+$/);
  const fresh = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const visitor = await fresh.newPage();
  await visitor.goto(page.url());
  await visitor.getByTestId('record-detail').getByText('9007199254740993').first().waitFor({ timeout: 20_000 });
  assert.match(await visitor.title(), /actions\.orders 2:\d+/);
  await fresh.close();
});

test('[E2E-14] by keyboard alone: create a topic, produce, find the message, open and close it', async () => {
  const { keyboard } = page;
  const chosen = (text: RegExp) =>
    page.getByTestId('palette').getByRole('option', { selected: true }).filter({ hasText: text });
  await page.goto(`${server.url}/c/local`);
  await page.getByText('Live', { exact: true }).first().waitFor();
  await keyboard.press('g');
  await keyboard.press('t');
  await page.waitForURL('**/topics');
  await keyboard.press('Control+k');
  await keyboard.type('create a');
  await chosen(/Create a topic/).waitFor();
  await keyboard.press('Enter');
  await page.getByTestId('create-topic-dialog').waitFor();
  await until('the name has the focus', 5_000, () => page.evaluate(() => document.activeElement?.tagName === 'INPUT'));
  await keyboard.type('keys.only');
  await keyboard.press('Enter');
  await page.waitForURL('**/topics/keys.only');
  await page.getByRole('heading', { name: 'keys.only' }).waitFor();
  await keyboard.press('Control+k');
  await keyboard.type('produce to');
  await chosen(/Produce to keys\.only/).waitFor();
  await keyboard.press('Enter');
  const drawer = page.getByTestId('produce-drawer');
  await drawer.waitFor();
  await until('the value has the focus', 5_000, () =>
    page.evaluate(() => document.activeElement?.tagName === 'TEXTAREA'),
  );
  await keyboard.type('typed by hand');
  await keyboard.press('Control+Enter');
  await page.getByText('1 message written', { exact: true }).first().waitFor();
  await keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  // An empty page reads again by itself.
  await page.getByTestId('message-row').filter({ hasText: 'typed by hand' }).waitFor();
  await keyboard.press('/');
  await keyboard.type('by hand');
  await keyboard.press('Enter');
  // Under the address of the search stands what the search has found, never the rows of before.
  await page.waitForURL(/[?&]q=by(\+|%20)hand/);
  await page.locator('[data-testid=browse-status][data-state=done]').waitFor();
  assert.equal(await page.getByTestId('message-row').filter({ hasText: 'typed by hand' }).count(), 1);
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await keyboard.press('j');
  await until('the row has the focus', 5_000, () =>
    page.evaluate(() => document.activeElement?.closest('[data-testid=message-row]') !== null),
  );
  await keyboard.press('Enter');
  await page.getByTestId('record-drawer').getByText('typed by hand').first().waitFor();
  await keyboard.press('Escape');
  await page.getByTestId('record-drawer').waitFor({ state: 'detached' });
  await until('the focus is back on the row', 5_000, () =>
    page.evaluate(() => document.activeElement?.closest('[data-testid=message-row]') !== null),
  );
});

test('[E2E-19] a payload of megabytes is drawn in part, loaded whole on request, laid out with every digit, and saved as the bytes it is', async () => {
  const name = 'actions.long';
  const configs = { 'max.message.bytes': '4000000' };
  await live.call('topic.create', { name, partitions: 1, replicationFactor: 1, configs });
  const value = `{"id":9007199254740993123,"rows":["${'x'.repeat(1_500_000)}"]}`;
  await producer.send({ topic: name, messages: [{ value }] });
  await page.goto(`${server.url}/c/local/topics/${name}/m/0/0`);
  await page.getByText('The first 1.0 MB of 1.5 MB are here.').waitFor();
  await page.getByRole('button', { name: 'Load the rest' }).click();
  await page.getByText('are here.').waitFor({ state: 'detached' });
  await page.getByText('JSON', { exact: true }).click();
  await page.getByTestId('payload-json').getByText('9007199254740993123').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save value to a file' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'actions.long-0-0-value.json');
  assert.ok((await readFile(await download.path(), 'utf8')) === value, 'the file differs from what was produced');
});

test('[E2E-20] a topic whose partitions have no leader is not said to be empty, and shows its messages by itself once they have one', async () => {
  const name = 'actions.away';
  await live.call('topic.create', { name, partitions: 1, replicationFactor: 1, configs: {} });
  await producer.send({ topic: name, messages: [{ value: 'still here' }] });
  await page.goto(`${server.url}/c/local/topics/${name}/partitions`);
  const leader = page.getByTestId('partition-row').locator('a[href*="/brokers/"]').first();
  const nodeId = Number(/\d+$/.exec((await leader.getAttribute('href')) ?? '')?.[0]);
  await live.call('lab.stop', { nodeId });
  await page.getByText('1 partition offline').waitFor();
  await page.getByRole('link', { name: 'Messages' }).click();
  await page.getByText('Not every partition could be read').waitFor();
  assert.equal(await page.getByText('No messages here yet').count(), 0);
  assert.match(await page.getByTestId('browse-status').innerText(), /no partition could be read/);
  await live.call('lab.start', { nodeId });
  await page.getByTestId('message-value').getByText('still here').waitFor({ timeout: 30_000 });
});

test('[E2E-15] what was done caused no error in the browser', () => {
  assert.deepEqual(faults, []);
});
