// Every page, light and dark, wide and at 390 px, with data and without: no serious accessibility fault, nothing wider than the
// window, a title of its own, no error in the browser. Pictures go to screenshots/ to be looked at.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { Kafka, logLevel } from 'kafkajs';
import type { Browser, BrowserContext, Page } from 'playwright';
import { connectLive } from './chaos/live-client.ts';
import { launchBrowser } from './support/browser.ts';
import {
  assertAccessible,
  assertContrastInDark,
  assertFits,
  gatherFaults,
  openContext,
  waitUntilSettled,
} from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const PICTURES = 'screenshots';
const pages: Readonly<Record<string, string>> = {
  overview: '/c/local',
  topics: '/c/local/topics',
  'create-topic': '/c/local/topics?create=1',
  messages: '/c/local/topics/orders',
  message: '/c/local/topics/orders/m/0/0',
  produce: '/c/local/topics/orders?produce=1',
  partitions: '/c/local/topics/orders/partitions',
  'topic-groups': '/c/local/topics/orders/groups',
  configuration: '/c/local/topics/orders/config',
  producers: '/c/local/topics/orders/producers',
  transactions: '/c/local/transactions',
  transaction: '/c/local/transactions?id=shop-open',
  reassign: '/c/local/reassign',
  quotas: '/c/local/quotas',
  'who-is-held': '/c/local/quotas?user=alice&client=orders-app',
  quota: '/c/local/quotas?id=user:alice',
  'new-quota': '/c/local/quotas?new=user:alice,client-id',
  users: '/c/local/users',
  user: '/c/local/users?name=alice',
  'new-user': '/c/local/users?new=1',
  groups: '/c/local/groups',
  group: '/c/local/groups/billing',
  features: '/c/local/features',
  brokers: '/c/local/brokers',
  broker: '/c/local/brokers/1',
  traffic: '/c/local/traffic',
  lab: '/c/local/lab',
  map: '/c/local/map',
  'no-such-topic': '/c/local/topics/no.such.topic',
  'no-such-group': '/c/local/groups/no-such-group',
  'no-such-page': '/c/local/nowhere',
};
const looks = [
  { name: 'wide', pictures: ['light', 'dark'], colorScheme: 'light', width: 1280, height: 800 },
  { name: 'phone', pictures: ['phone', 'phone-dark'], colorScheme: 'light', width: 390, height: 844 },
] as const;
const [wideLook, phoneLook] = looks;

let server: RunningServer;
let browser: Browser;

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  server = await startServer();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** An orders topic with records of several kinds and a group that has read some of them. */
async function fill(): Promise<void> {
  const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [{ name: 'retention.ms', value: '86400000' }];
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 3, configEntries }], waitForLeaders: true });
  const producer = kafka.producer();
  await producer.connect();
  const messages = Array.from({ length: 200 }, (_, i) => ({
    key: i % 7 === 0 ? null : `user-${i % 20}`,
    value: i % 11 === 0 ? null : JSON.stringify({ id: i, total: i * 3.5, note: 'x'.repeat(i % 60) }),
    headers: { source: 'test', attempt: String(i) },
    partition: i % 3,
  }));
  await producer.send({ topic: 'orders', messages });
  await producer.disconnect();
  await admin.setOffsets({
    groupId: 'billing',
    topic: 'orders',
    partitions: [0, 1].map((partition) => ({ partition, offset: '20' })),
  });
  await admin.disconnect();
  await fillTransactions(kafka);
  await fillAccess();
}

/** Quotas of several kinds, and two users. */
async function fillAccess(): Promise<void> {
  const live = await connectLive(server.url);
  const user = { type: 'user', name: 'alice' } as const;
  for (const [entity, limits] of [
    [[user], { producer_byte_rate: 2_000_000, consumer_byte_rate: 4_000_000 }],
    [[user, { type: 'client-id', name: 'orders-app' }], { producer_byte_rate: 1_000_000 }],
    [[{ type: 'user', name: null }], { request_percentage: 25, controller_mutation_rate: 10 }],
    [[{ type: 'ip', name: '10.0.0.7' }], { connection_creation_rate: 20 }],
  ] as const)
    await live.call('quota.alter', { entity, limits, expected: {} });
  const args = { iterations: 4_096, password: 'of no interest here', isNew: true };
  await live.call('user.setPassword', { ...args, name: 'alice', mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-512'] });
  await live.call('user.setPassword', { ...args, name: 'orders-app', mechanisms: ['SCRAM-SHA-512'] });
  live.close();
}

/** One committed, and one that stays open while its producer is away. */
async function fillTransactions(kafka: Kafka): Promise<void> {
  for (const id of ['shop-done', 'shop-open']) {
    const producer = kafka.producer({
      transactionalId: id,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: 600_000,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: 'orders', messages: [{ key: id, value: 'in a transaction', partition: 0 }] });
    if (id === 'shop-done') await transaction.commit();
    await producer.disconnect();
  }
}

/** One look at a page in light and, given a second name for pictures, in dark. */
async function look(
  context: BrowserContext,
  name: string,
  path: string,
  [picture, darkPicture]: readonly [string, string?],
): Promise<void> {
  const page: Page = await context.newPage();
  const faults: string[] = [];
  gatherFaults(page, faults);
  await page.goto(server.url + path);
  await waitUntilSettled(page, name);
  assert.match(await page.title(), /Barnabas/, name);
  await assertFits(page, name);
  await page.screenshot({ path: `${PICTURES}/${picture}-${name}.png` });
  await assertAccessible(page, name);
  if (darkPicture !== undefined) {
    await assertContrastInDark(page, name);
    await page.screenshot({ path: `${PICTURES}/${darkPicture}-${name}.png` });
  }
  assert.deepEqual(faults, [], name);
  await page.close();
}

test('[PAGE-1] pages of an empty cluster teach how to begin', async () => {
  const context = await openContext(browser, wideLook);
  for (const name of ['overview', 'topics', 'groups', 'transactions', 'quotas', 'users', 'traffic'])
    await look(context, name, pages[name] as string, ['empty']);
  const page = await context.newPage();
  await page.goto(`${server.url}/c/local`);
  await page
    .getByText(server.bootstrapServers.split(',')[0] as string)
    .first()
    .waitFor();
  await context.close();
});

for (const view of looks) {
  test(`[PAGE-2] every page, ${view.name}, in light and dark: accessible, fitting, titled, without errors`, async () => {
    if (view === wideLook) await fill();
    const context = await openContext(browser, view);
    for (const [name, path] of Object.entries(pages)) await look(context, name, path, view.pictures);
    await context.close();
  });
}

test('[PAGE-6] a page whose data never arrives is never looked at: the wait before a picture fails, whether a call, a channel or a search is not answered', async () => {
  const context = await openContext(browser, wideLook);
  for (const [unanswered, path] of [
    ['topic.configs', '/c/local/topics/orders/config'],
    ['producers', '/c/local/topics/orders/producers'],
    ['browse', '/c/local/topics/orders'],
  ] as const) {
    const page = await context.newPage();
    await page.routeWebSocket('**/live', (socket) => {
      const toServer = socket.connectToServer();
      socket.onMessage((message) => {
        const { name, channel } = JSON.parse(String(message)) as { name?: string; channel?: string };
        if ((name ?? channel) !== unanswered) toServer.send(message);
      });
    });
    await page.goto(server.url + path);
    await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
    await assert.rejects(waitUntilSettled(page, unanswered, 1_500), /is not settled: main/, unanswered);
    await page.close();
  }
  await context.close();
});

test('[PAGE-4] on a phone the sections that do not fit open from a menu, by keyboard too, and the one that is open is told', async () => {
  const context = await openContext(browser, phoneLook);
  const page = await context.newPage();
  await page.goto(`${server.url}/c/local`);
  const more = page.getByTestId('more-sections');
  await more.waitFor();
  await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
  const widths = await page
    .locator('nav[aria-label=Sections] >> visible=true')
    .locator('li')
    .evaluateAll((items) => items.map((item) => ({ has: item.clientWidth, needs: item.scrollWidth })));
  assert.equal(widths.length, 5);
  for (const { has, needs } of widths) assert.ok(needs <= has, `${needs} px in ${has}`);
  await more.focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu');
  await menu.waitFor();
  assert.deepEqual(await menu.getByRole('menuitem').allInnerTexts(), [
    'Map',
    'Transactions',
    'Features',
    'Quotas',
    'Users',
    'Traffic',
    'Lab',
  ]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/transactions');
  await menu.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'More sections, Transactions is open' }).waitFor();
  await more.click();
  assert.equal(await menu.getByRole('menuitem', { name: 'Transactions' }).getAttribute('aria-current'), 'page');
  // The guards around an open menu only hand the focus on.
  await assertAccessible(page, 'an open menu', '[data-base-ui-focus-guard]');
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  await context.close();
});

test('[PAGE-5] what stands on one line stays on it: states in rows, columns of settings, and on a phone the line over the messages', async () => {
  const wide = await openContext(browser, wideLook);
  const page = await wide.newPage();
  await page.goto(`${server.url}/c/local/transactions`);
  const state = page.locator('[data-testid=transaction-row]').first();
  await state.getByText('Committed').waitFor();
  const [row, word] = await Promise.all([state.boundingBox(), state.getByText('Committed').boundingBox()]);
  const middle = (box: typeof row) => (box?.y ?? 0) + (box?.height ?? 0) / 2;
  assert.ok(Math.abs(middle(row) - middle(word)) <= 1.5, `${middle(row)} and ${middle(word)}`);
  await page.goto(`${server.url}/c/local/topics/orders/config`);
  await page.getByRole('button', { name: 'Change or reset' }).first().waitFor();
  const edges = await page
    .getByTestId('config-value')
    .evaluateAll((values) => values.map((value) => value.getBoundingClientRect().left));
  assert.equal(new Set(edges).size, 1, 'the values of all settings begin at one edge');
  await wide.close();

  const narrow = await openContext(browser, phoneLook);
  const phone = await narrow.newPage();
  await phone.goto(`${server.url}/c/local/topics/orders`);
  await phone.locator('[data-testid=browse-status][data-state=done]').waitFor();
  const producer = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value: 'newer' }] });
  await producer.disconnect();
  await phone.getByTestId('newer-messages').waitFor();
  const status = await phone.getByTestId('browse-status').boundingBox();
  assert.ok((status?.width ?? 0) >= 250 && (status?.height ?? 0) <= 48, JSON.stringify(status));
  // The count has a line of its own: however long it gets, the rows below stay where they are.
  await phone.goto(`${server.url}/c/local/topics`);
  const count = await phone.getByTestId('topic-count').boundingBox();
  assert.ok((count?.width ?? 0) >= 300, JSON.stringify(count));
  await phone.goto(`${server.url}/c/local/reassign`);
  const brokers = phone.locator('nav[aria-label=Sections] >> visible=true').getByRole('link', { name: 'Brokers' });
  assert.equal(await brokers.getAttribute('aria-current'), 'page');
  await narrow.close();
});

test('[PAGE-3] the accessibility check finds a planted fault, and one that is there in dark only', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.setContent(
    '<html lang="en"><title>x</title><main><h1>x</h1><img src="data:,"><button></button></main></html>',
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  assert.ok(violations.some((v) => v.id === 'image-alt') && violations.some((v) => v.id === 'button-name'));
  await page.setContent(
    `<html lang="en" data-theme="dark"><title>x</title><style>p { color: #000 } @media (prefers-color-scheme: dark) { p { color: #ccc } }</style>
     <body style="background: #fff"><main><h1>x</h1><p>readable in light only</p></main></body></html>`,
  );
  await page.emulateMedia({ colorScheme: 'light' });
  await assertAccessible(page);
  await assert.rejects(assertContrastInDark(page), /color-contrast/);
  await context.close();
});
