// A coordinator loses all it knew while a transaction is open elsewhere: its partitions come back only by an election that loses
// records, and the transaction hangs until somebody ends it. From the pages alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kafka, logLevel, type Producer, type Transaction } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { listOffsets } from '../server/protocol/schema/02-list-offsets.ts';
import { connectLive, type LiveClient } from './chaos/live-client.ts';
import { until } from './interop/support.ts';
import { Wire } from './oracle/wire.ts';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const TOPIC = 'hang.orders';
const COORDINATORS = '__transaction_state';

let server: RunningServer;
let live: LiveClient;
let browser: Browser;
let page: Page;
let kafka: Kafka;
let producer: Producer;
let open: Transaction;
let addresses: readonly string[];
const faults: string[] = [];

/** One broker at first, so that the coordinators' topic has one replica; the data goes to a second one. */
before(async () => {
  server = await startServer({ brokers: 1 });
  live = await connectLive(server.url);
  kafka = new Kafka({ brokers: [server.bootstrapServers], logLevel: logLevel.NOTHING, retry: { retries: 1 } });
  producer = kafka.producer({
    transactionalId: 'hang-lost',
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: 600_000,
  });
  await producer.connect();
  const { nodeId } = await live.call('lab.addBroker', { rack: null });
  assert.equal(nodeId, 2);
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: TOPIC, replicaAssignment: [{ partition: 0, replicas: [2] }] }],
    waitForLeaders: true,
  });
  addresses = (await admin.describeCluster()).brokers.map(({ host, port }) => `${host}:${port}`);
  await admin.disconnect();
  open = await producer.transaction();
  await open.send({ topic: TOPIC, messages: [{ value: 'one' }, { value: 'two' }] });
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280 }, faults);
});
after(async () => {
  await Promise.allSettled([producer?.disconnect()]);
  live?.close();
  await browser?.close();
  await server?.stop();
});

async function lastStableOffset(): Promise<number> {
  const wire = await Wire.open(addresses[1] as string, 'hanging-e2e');
  const answer = await wire.send(listOffsets, 7, {
    replicaId: -1,
    isolationLevel: 1,
    topics: [{ name: TOPIC, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  });
  wire.close();
  return Number(answer.topics[0]?.partitions[0]?.offset ?? -1);
}

test('[HANG-1] a broker that was added later is among the addresses that pages give to clients', async () => {
  await page.goto(`${server.url}/c/local/transactions?q=no-such-id`);
  await page.goto(`${server.url}/c/local/groups`);
  await page.getByText(addresses.toSorted().join(',')).first().waitFor();
});

test('[HANG-2] after the last holder was wiped the lab names the topic without a leader, and its page offers to elect anyway, naming the loss', async () => {
  await live.call('lab.wipe', { nodeId: 1 });
  await page.goto(`${server.url}/c/local/lab`);
  await page.getByTestId('lab-guarantee').getByText('no leader: nobody can read or write').waitFor();
  await assertAccessible(page, 'the lab');
  await page.getByTestId('lab-guarantee').getByRole('link', { name: COORDINATORS }).click();
  const notice = page.getByTestId('leaderless');
  await notice.getByText('have no leader').waitFor();
  // Nobody is in sync, and nothing says so.
  await page.getByTestId('partition-row').first().getByText('No leader').waitFor();
  await page.getByTestId('partition-row').first().getByText('none').waitFor();
  await notice.getByRole('button', { name: 'Elect a leader anyway' }).click();
  const dialog = page.getByTestId('confirm-dialog');
  await dialog.getByTestId('loss').getByText('lost for good').waitFor();
  await assertAccessible(page, 'electing anyway');
  await dialog.getByLabel(`Type ${COORDINATORS} to confirm`).fill(COORDINATORS);
  await dialog.getByRole('button', { name: 'Elect anyway' }).click();
  await dialog.waitFor({ state: 'detached' });
  await notice.waitFor({ state: 'detached' });
});

test('[HANG-3] the transaction that no coordinator knows any more is found, marked with the reason, and aborted after its topic was typed', async () => {
  assert.equal(await lastStableOffset(), 0);
  await page.goto(`${server.url}/c/local/transactions`);
  const hanging = page.getByTestId('hanging-row');
  await hanging.getByText('No coordinator knows producer id').waitFor({ timeout: 40_000 });
  await hanging.getByText('2 held back').waitFor();
  await assertAccessible(page, 'a hanging transaction');
  await hanging.getByRole('button', { name: 'Abort' }).click();
  const dialog = page.getByTestId('confirm-dialog');
  await dialog.getByTestId('abort-hits').getByText('there is no way back').waitFor();
  const act = dialog.getByRole('button', { name: 'Abort transaction' });
  assert.equal(await act.isDisabled(), true);
  await dialog.getByLabel(`Type ${TOPIC} to confirm`).fill(TOPIC);
  await act.click();
  await dialog.waitFor({ state: 'detached' });
  await hanging.waitFor({ state: 'detached' });
  await until('readers go on', 10_000, async () => (await lastStableOffset()) === 3);
  await assert.rejects(open.commit());
});

test('[HANG-4] nothing of this caused an error in the browser', () => {
  assert.deepEqual(faults, []);
});
