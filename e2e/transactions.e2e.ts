// Transactions as a person sees them: a third-party producer's open, committed and aborted ones, who waits for which, and fencing
// one. Every number on the page is held against what clients did.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kafka, logLevel, type Producer, type Transaction } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const TOPIC = 'txn.orders';

let server: RunningServer;
let browser: Browser;
let page: Page;
let kafka: Kafka;
let open: Transaction;
const producers: Producer[] = [];
const faults: string[] = [];

async function producer(transactionalId: string): Promise<Producer> {
  const made = kafka.producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: 120_000,
    retry: { retries: 1 },
  });
  await made.connect();
  producers.push(made);
  return made;
}
const values = (count: number, partition: number) =>
  Array.from({ length: count }, (_, index) => ({ value: `record ${index}`, partition }));

before(async () => {
  server = await startServer();
  kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: TOPIC, numPartitions: 3, replicationFactor: 3 }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280 }, faults);
});
after(async () => {
  await Promise.allSettled(producers.map((each) => each.disconnect()));
  await browser?.close();
  await server?.stop();
});

const row = (id: string) => page.locator(`[data-testid=transaction-row][data-key="${id}"]`);
const part = (partition: number) =>
  page.locator(`[data-testid=transaction-partition][data-key="${TOPIC}-${partition}"]`);

test('[TXNE-1] without transactions the page teaches how to begin; committed, aborted and open ones appear by themselves as what they are', async () => {
  await page.goto(`${server.url}/c/local/transactions`);
  await page.getByText('No producer writes transactions yet').waitFor();
  const committed = await (await producer('shop-done')).transaction();
  await committed.send({ topic: TOPIC, messages: values(2, 2) });
  await committed.commit();
  const aborted = await (await producer('shop-gone')).transaction();
  await aborted.send({ topic: TOPIC, messages: values(2, 2) });
  await aborted.abort();
  open = await (await producer('shop-open')).transaction();
  await open.send({ topic: TOPIC, messages: [...values(2, 0), ...values(1, 1)] });
  const plain = kafka.producer();
  await plain.connect();
  producers.push(plain);
  await plain.send({ topic: TOPIC, messages: values(5, 0) });
  await row('shop-done').getByText('Committed').waitFor();
  await row('shop-gone').getByText('Aborted').waitFor();
  await row('shop-open').getByText('Ongoing').waitFor();
  await page.locator('[data-testid=transactions-open][data-value="1"]').waitFor();
});

test('[TXNE-2] text, state and sort are in the address and survive a reload', async () => {
  await page.getByLabel('State', { exact: true }).selectOption('Ongoing');
  await until('one row', 10_000, async () => (await page.locator('[data-testid=transaction-row]').count()) === 1);
  await page.getByRole('button', { name: 'Open since' }).click();
  assert.match(page.url(), /state=Ongoing.*sort=age.*desc=1|sort=age.*desc=1.*state=Ongoing/);
  await page.reload();
  await row('shop-open').waitFor();
  assert.equal(await page.locator('[data-testid=transaction-row]').count(), 1);
  await page.getByLabel('Search transactions').fill('no such');
  await page.getByText('No transactional id matches').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await row('shop-done').waitFor();
});

test('[TXNE-7] messages can be read as read_committed consumers get them: nothing aborted, open or behind what is open, and the address says so', async () => {
  await page.goto(`${server.url}/c/local/topics/${TOPIC}`);
  const rows = page.getByTestId('message-row');
  await until('all that was written', 10_000, async () => (await rows.count()) === 12);
  await page.getByLabel('Committed only').check();
  await until('the committed ones', 10_000, async () => (await rows.count()) === 2);
  assert.match(page.url(), /committed=1/);
  await page.reload();
  await until('the committed ones again', 10_000, async () => (await rows.count()) === 2);
  await page.goto(`${server.url}/c/local/topics/${TOPIC}?committed=1&from=oldest`);
  await until('the same forwards', 10_000, async () => (await rows.count()) === 2);
  await page.goto(`${server.url}/c/local/transactions`);
});

test('[TXNE-3] an open transaction shows where it began and exactly how many records wait for it, and lets go of them when it ends', async () => {
  await row('shop-open').getByRole('link').click();
  await page.getByTestId('transaction').waitFor();
  assert.match(page.url(), /id=shop-open/);
  // Its own two and the five behind them; its own one.
  await part(0).locator('[data-testid=held-back][data-value="7"]').waitFor();
  await part(1).locator('[data-testid=held-back][data-value="1"]').waitFor();
  const said = page.getByTestId('transaction-explained');
  await said.getByText('8 records are held back in 2 partitions').waitFor();
  await said.getByText('It is open on 2 partitions').waitFor();
  await assertAccessible(page, 'an open transaction');
  await open.commit();
  await said.getByText('The last one was committed').waitFor();
  await until('no partition left', 10_000, async () => (await page.getByTestId('transaction-partition').count()) === 0);
  await page.keyboard.press('Escape');
  await row('shop-open').getByText('Committed').waitFor();
});

test('[TXNE-4] the producers of a topic: id, epoch, sequence, last write, transactional id and where an open transaction begins', async () => {
  const next = await (producers[2] as Producer).transaction();
  await next.send({ topic: TOPIC, messages: values(1, 1) });
  await page.goto(`${server.url}/c/local/topics/${TOPIC}/producers?p=1`);
  const producerRow = page.getByTestId('producer-row');
  // Partition 1 holds one record and one marker before it.
  await producerRow.getByText('from offset 2').waitFor();
  assert.equal(await producerRow.count(), 1);
  await producerRow.getByRole('link', { name: 'shop-open' }).waitFor();
  await assertAccessible(page, 'producers');
  await next.abort();
  await producerRow.getByText('none').waitFor();
});

test('[TXNE-5] fencing from the page aborts the open transaction, raises the epoch, and its producer can commit no more', async () => {
  const fenced = await (await producer('shop-fenced')).transaction();
  await fenced.send({ topic: TOPIC, messages: values(3, 1) });
  await page.goto(`${server.url}/c/local/transactions?id=shop-fenced`);
  await part(1).locator('[data-testid=held-back][data-value="3"]').waitFor();
  await page.getByTestId('transaction').getByRole('button', { name: 'Fence producer' }).click();
  const dialog = page.getByTestId('fence-dialog');
  await dialog.getByText('Its open transaction on 1 partition is aborted').waitFor();
  await dialog.getByRole('button', { name: 'Fence producer' }).click();
  await dialog.waitFor({ state: 'detached' });
  await until('nothing waits', 15_000, async () => (await page.getByTestId('transaction-partition').count()) === 0);
  await assert.rejects(fenced.commit());
});

test('[TXNE-6] nothing of this caused an error in the browser', () => {
  assert.deepEqual(faults, []);
});
