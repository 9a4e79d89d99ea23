// A person's way through the dashboard on the embedded cluster: create a topic, produce, find the message, watch a kafkajs group's lag
// rise and fall without a reload, reset its offsets, delete the topic. Nothing here reloads the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const TOPIC = 'journey.orders';
const GROUP = 'journey-readers';
let server: RunningServer;
let browser: Browser;
let page: Page;
let loads = 0;
const faults: string[] = [];

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280, height: 800 }, faults);
  page.on('load', () => loads++);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function start(consumer: Consumer): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await consumer.run({ autoCommitInterval: 200, eachMessage: async () => {} });
}
const totalLag = async (): Promise<number> =>
  Number(await page.getByTestId('group-total-lag').getAttribute('data-value'));

test('[E2E-1] the overview opens and says that the cluster is well', async () => {
  await page.goto(server.url);
  await page.waitForURL('**/c/local');
  await page.getByTestId('health-sentence').waitFor();
  assert.match(await page.getByTestId('health-sentence').innerText(), /3 brokers/);
  assert.match(await page.title(), /Barnabas/);
});

test('[E2E-2] a topic is created from the list, a bad name is refused beside the field', async () => {
  await page.getByRole('link', { name: 'Topics', exact: true }).first().click();
  await page.getByTestId('create-topic').click();
  const dialog = page.getByTestId('create-topic-dialog');
  await dialog.getByLabel('Name').fill('no/slash');
  await dialog.getByRole('button', { name: 'Create topic' }).click();
  await dialog.getByRole('alert').first().waitFor();
  await dialog.getByLabel('Name').fill(TOPIC);
  await dialog.getByLabel('Partitions').fill('1');
  await dialog.getByRole('button', { name: 'Create topic' }).click();
  await page.waitForURL(`**/topics/${TOPIC}`);
  await page.getByRole('heading', { name: TOPIC }).waitFor();
});

test('[E2E-3] a message produced on the page is found by search and has an address of its own', async () => {
  await page.getByTestId('produce').click();
  const drawer = page.getByTestId('produce-drawer');
  await drawer.getByLabel('With a key').click();
  await drawer.getByLabel('Key', { exact: true }).fill('user-42');
  await drawer.getByLabel('Value', { exact: true }).fill('{"id": 1234567890123456789, "html": "<b>not bold</b>"}');
  await drawer.getByRole('button', { name: 'Produce', exact: true }).click();
  await page.getByText('1 message written', { exact: true }).first().waitFor();
  await drawer.getByRole('button', { name: 'Close' }).last().click();
  await page.getByTestId('message-search').fill('1234567890123456789');
  await page.getByTestId('message-search').press('Enter');
  const row = page.getByTestId('message-row').first();
  await row.waitFor();
  assert.match(await row.innerText(), /user-42/);
  assert.match(await row.innerText(), /1234567890123456789/);
  await row.getByRole('link').first().click();
  const detail = page.getByTestId('record-detail').first();
  await detail.waitFor();
  assert.match(await detail.innerText(), /1234567890123456789/);
  assert.match(await detail.innerText(), /<b>not bold<\/b>/);
  assert.equal(await detail.locator('b').count(), 0);
});

test('[E2E-4] a kafkajs group’s lag rises and falls on its page without a reload', async () => {
  const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  let consumer = kafka.consumer({ groupId: GROUP, sessionTimeout: 6000, heartbeatInterval: 300 });
  await start(consumer);
  await page.goto(`${server.url}/c/local/groups/${GROUP}`);
  await page.getByTestId('group-total-lag').waitFor();
  await until(
    'one member on the page',
    15_000,
    async () => (await page.getByTestId('member-assignment').count()) === 1,
  );
  const loadsBefore = loads;
  await until('lag 0', 15_000, async () => (await totalLag()) === 0);
  await consumer.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: 500 }, (_, i) => ({ key: `k${i}`, value: `v${i}` }));
  await producer.send({ topic: TOPIC, messages });
  await producer.disconnect();
  await until('lag 500', 15_000, async () => (await totalLag()) === 500);
  consumer = kafka.consumer({ groupId: GROUP, sessionTimeout: 6000, heartbeatInterval: 300 });
  await start(consumer);
  await until('lag back to 0', 20_000, async () => (await totalLag()) === 0);
  await page.getByTestId('reset-offsets').click();
  await page.getByTestId('reset-refusal').waitFor();
  await page.getByTestId('reset-dialog').getByRole('button', { name: 'Cancel' }).click();
  await consumer.disconnect();
  assert.equal(loads, loadsBefore, 'the page was loaded again');
});

test('[E2E-5] offsets are reset after a preview once the group is empty, and one click takes that back', async () => {
  await page.getByTestId('reset-offsets').click();
  const dialog = page.getByTestId('reset-dialog');
  await dialog.getByLabel('Move to').selectOption('earliest');
  await until('the preview tells 501 records', 15_000, async () =>
    /501/.test(
      await dialog
        .getByTestId('reset-summary')
        .innerText({ timeout: 1000 })
        .catch(() => ''),
    ),
  );
  await until('no refusal', 15_000, async () => (await dialog.getByTestId('reset-refusal').count()) === 0);
  await dialog.getByRole('button', { name: /^Reset/ }).click();
  await until('lag is the whole log', 15_000, async () => (await totalLag()) === 501);
  await page.getByRole('button', { name: 'Undo the reset' }).click();
  await until('lag is what it was', 15_000, async () => (await totalLag()) === 0);
  await page.getByTestId('undo-reset').waitFor({ state: 'detached' });
});

test('[E2E-6] deleting the topic names what is lost and wants its name', async () => {
  await page.goto(`${server.url}/c/local/topics/${TOPIC}`);
  await page.getByTestId('topic-actions').click();
  await page.getByRole('menuitem', { name: 'Delete topic' }).click();
  await page.getByTestId('impact').getByText(/501/).waitFor();
  await page.getByTestId('impact').getByText(GROUP).waitFor();
  const dialog = page.getByRole('dialog');
  const remove = dialog.getByRole('button', { name: 'Delete topic' });
  assert.ok(await remove.isDisabled());
  await dialog.getByRole('textbox').fill(TOPIC);
  await remove.click();
  await page.waitForURL('**/topics');
  await page.getByTestId('topic-search').fill('journey');
  await until('no such topic', 15_000, async () => (await page.getByTestId('topic-row').count()) === 0);
});

test('[E2E-7] test traffic makes a group’s lag rise within a minute, and one click stops it all', async () => {
  await page.goto(`${server.url}/c/local/traffic`);
  const producer = page.getByRole('form', { name: 'Start a producer' });
  await producer.getByLabel('Records per second').fill('1000');
  await page.getByTestId('start-producer').click();
  await until('a running producer', 15_000, async () => (await page.getByTestId('traffic-row').count()) === 1);
  await page.getByTestId('start-consumer').click();
  await until('a running group', 15_000, async () => (await page.getByTestId('traffic-row').count()) === 2);
  const watcher = await page.context().newPage();
  await watcher.goto(`${server.url}/c/local/groups/test-readers`);
  const lag = watcher.getByTestId('group-total-lag');
  await until('lag over 2,000', 60_000, async () => Number(await lag.getAttribute('data-value')) > 2000);
  await watcher.close();
  await page.getByTestId('stop-all').click();
  await until('nothing runs', 15_000, async () => (await page.getByTestId('traffic-row').count()) === 0);
});

test('[E2E-8] the pages caused no error in the browser', () => {
  assert.deepEqual(faults, []);
});
