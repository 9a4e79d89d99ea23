// Quotas and users as a person sets them, held against what a third-party client then meets: it is throttled, let in and refused. The
// password is looked for wherever it must not be.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { connectLive, type LiveClient } from './chaos/live-client.ts';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, assertFits, openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const TOPIC = 'held.orders';
const USER = 'orders app, =1';
const SECOND_PASSWORD = 'typed by hand, and long';
/** More than eleven seconds of the limit: whoever sends it at once is over. */
const LIMIT = '1 kB/s';
const BYTES = 40_000;

let server: RunningServer;
let live: LiveClient;
let browser: Browser;
let page: Page;
let firstPassword = '';
const faults: string[] = [];
const frames = { sent: [] as string[], received: [] as string[] };
const producers: Producer[] = [];

before(async () => {
  server = await startServer({ brokers: 1, hasSasl: true });
  live = await connectLive(server.url);
  const admin = clientOf({ clientId: 'admin' }).kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 1 }], waitForLeaders: true });
  await admin.disconnect();
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280 }, faults);
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => frames.sent.push(String(payload)));
    socket.on('framereceived', ({ payload }) => frames.received.push(String(payload)));
  });
});
after(async () => {
  await Promise.allSettled(producers.map((each) => each.disconnect()));
  live?.close();
  await browser?.close();
  await server?.stop();
});

/** kafkajs, and what it says of being throttled. */
function clientOf({ clientId, password }: { clientId: string; password?: string }) {
  const throttled: string[] = [];
  const kafka = new Kafka({
    clientId,
    brokers: (password === undefined ? server.bootstrapServers : server.saslBootstrapServers).split(','),
    ...(password !== undefined && { sasl: { mechanism: 'scram-sha-512', username: USER, password } }),
    retry: { retries: 0 },
    logLevel: logLevel.DEBUG,
    logCreator:
      () =>
      ({ log }) => {
        if (/throttling in effect/.test(log.message)) throttled.push(log.message);
      },
  });
  return { kafka, throttled };
}

/** Whether a client that sends more than eleven seconds of the limit at once is told to wait. */
async function isThrottled(clientId: string, password?: string): Promise<boolean> {
  const { kafka, throttled } = clientOf({ clientId, ...(password !== undefined && { password }) });
  const producer = kafka.producer();
  producers.push(producer);
  await producer.connect();
  await producer.send({ topic: TOPIC, messages: [{ value: 'x'.repeat(BYTES) }] });
  return throttled.length > 0;
}

async function logIn(password: string): Promise<void> {
  const admin = clientOf({ clientId: 'someone', password }).kafka.admin();
  await admin.connect();
  assert.ok((await admin.listTopics()).includes(TOPIC));
  await admin.disconnect();
}
const isRefused = (password: string) =>
  assert.rejects(
    clientOf({ clientId: 'someone', password }).kafka.admin().connect(),
    (error: Error) => error.name === 'KafkaJSSASLAuthenticationError',
  );

const quotaRow = (id: string) => page.locator(`[data-testid=quota-row][data-key="${id}"]`);
const held = (key: string) => page.locator(`[data-testid=held-limit][data-key=${key}]`);
const userRow = () => page.locator(`[data-testid=user-row][data-key="${USER}"]`);
const openPath = async (path: string) => {
  await page.goto(`${server.url}/c/local/${path}`);
  await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
};

test('[ACCE-1] a quota that is set on the page throttles that client and no other, and lets go when it is removed', async () => {
  assert.equal(await isThrottled('slow-app'), false);
  await openPath('quotas');
  await page.getByText('No client is held to a quota').waitFor();
  await page.getByTestId('new-quota-button').click();
  const form = page.getByTestId('new-quota');
  await form.getByLabel('Kind').selectOption('A client id');
  await form.getByTestId('new-quota-client-id').fill('slow-app');
  await form.getByTestId('limit-producer_byte_rate').fill('none at all');
  await form.getByText('Write a number with').waitFor();
  await form.getByTestId('limit-producer_byte_rate').fill(LIMIT);
  await form.getByText('--add-config producer_byte_rate=1000').waitFor();
  await assertAccessible(page);
  await form.getByRole('button', { name: 'Set quota' }).click();
  await quotaRow('client-id:slow-app').getByText('1 kB/s').waitFor();
  await until('the broker holds it', 10_000, () => isThrottled('slow-app'));
  assert.equal(await isThrottled('other-app'), false);

  await quotaRow('client-id:slow-app').getByRole('link').click();
  await page.getByTestId('quota').getByRole('button', { name: 'Remove quota' }).click();
  const dialog = page.getByTestId('remove-quota');
  assert.match(await dialog.innerText(), /Produce 1 kB\/s: gone at once/);
  await dialog.getByRole('button', { name: 'Remove quota' }).click();
  await quotaRow('client-id:slow-app').waitFor({ state: 'detached' });
  await until('the broker lets go', 10_000, async () => !(await isThrottled('slow-app')));
});

test('[ACCE-2] a user and a client id in the address tell which quota holds them and which it passes over, also after a reload', async () => {
  const set = (entity: { type: 'user' | 'client-id'; name: string | null }[], producer_byte_rate: number) =>
    live.call('quota.alter', { entity, limits: { producer_byte_rate }, expected: {} });
  await set([{ type: 'user', name: USER }], 5_000_000);
  await set([{ type: 'client-id', name: null }], 3_000_000);
  await openPath('quotas');
  await page.getByTestId('held-user').fill(USER);
  await page.getByTestId('held-client').fill('orders-app');
  await page.locator('[data-testid=held-limit][data-key=producer_byte_rate][data-value="5000000"]').waitFor();
  await page.reload();
  const rule = held('producer_byte_rate').getByTestId('held-rule');
  await rule.getByText('Every other client').waitFor();
  assert.match(await rule.innerText(), new RegExp(`by User ${USER}.*passes over Every other client \\(3 MB/s\\)`, 's'));
  assert.match(await held('request_percentage').innerText(), /no limit/);
  await assertAccessible(page);
  await page.getByTestId('held-user').fill('');
  await page.locator('[data-testid=held-limit][data-key=producer_byte_rate][data-value="3000000"]').waitFor();
  await page.getByText('user ANONYMOUS (not logged in)').waitFor();
});

test('[ACCE-3] a quota that somebody changed while its form was open is not overwritten', async () => {
  const entity = [{ type: 'client-id', name: null }] as const;
  await openPath('quotas?id=client-id');
  const drawer = page.getByTestId('quota');
  await drawer.getByTestId('limit-producer_byte_rate').fill('4 MB/s');
  await live.call('quota.alter', {
    entity,
    limits: { producer_byte_rate: 7_000_000 },
    expected: { producer_byte_rate: 3_000_000 },
  });
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await drawer.getByText('producer_byte_rate=7000000 now').waitFor();
  await drawer.getByRole('button', { name: 'Close' }).click();
  await quotaRow('client-id').getByRole('link').click();
  await drawer.getByTestId('limit-producer_byte_rate').fill('4 MB/s');
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await quotaRow('client-id').getByText('4 MB/s').waitFor();
});

test('[ACCE-4] a user that is made on the page logs in over the SASL port, and its password is told to nobody', async () => {
  await openPath('users');
  await page.getByText('There is no SCRAM user yet').waitFor();
  const login = await page.getByTestId('login').innerText();
  assert.ok(login.includes(server.saslBootstrapServers) && /asks nobody/.test(login), login);
  await page.getByTestId('new-user-button').click();
  const form = page.getByTestId('password-form');
  await form.getByTestId('user-name').fill(USER);
  await form.getByRole('button', { name: 'Generate' }).click();
  firstPassword = await form.getByTestId('user-password').inputValue();
  assert.match(firstPassword, /^\w{24}$/);
  await assertAccessible(page);
  await form.getByRole('button', { name: 'Create user' }).click();
  const done = page.getByTestId('password-done');
  await done.waitFor();
  const settings = done.getByTestId('client-settings');
  assert.ok(!(await settings.innerText()).includes(firstPassword), 'hidden until it is asked for');
  await done.getByRole('button', { name: 'Show the password' }).click();
  assert.ok((await settings.innerText()).includes(`sasl.password=${firstPassword}`));
  await assertAccessible(page);
  await done.getByRole('button', { name: 'Done' }).click();
  await userRow().waitFor();
  await until('the password works', 10_000, () =>
    logIn(firstPassword).then(
      () => true,
      () => false,
    ),
  );
  await isRefused('wrong');
});

test('[ACCE-5] a changed password works and the old one does not', async () => {
  await userRow().getByRole('link').click();
  const drawer = page.getByTestId('user');
  assert.ok(!(await drawer.getByTestId('client-settings').innerText()).includes(firstPassword));
  await drawer.getByRole('button', { name: 'Change password' }).click();
  const form = page.getByTestId('password-form');
  await form.getByTestId('user-password').fill(SECOND_PASSWORD);
  await form.getByRole('button', { name: 'Change password' }).click();
  await page.getByTestId('password-done').getByRole('button', { name: 'Done' }).click();
  await until('the new password works', 10_000, () =>
    logIn(SECOND_PASSWORD).then(
      () => true,
      () => false,
    ),
  );
  await isRefused(firstPassword);
});

test('[ACCE-6] removing the quota of a user leaves its password working, and Undo brings the quota back', async () => {
  await openPath(`quotas?q=${encodeURIComponent(USER)}`);
  const id = `user:${encodeURIComponent(USER)}`;
  await quotaRow(id).getByRole('link').click();
  await page.getByTestId('quota').getByRole('button', { name: 'Remove quota' }).click();
  const dialog = page.getByTestId('remove-quota');
  assert.match(await dialog.innerText(), /its password and its other quotas are not touched/);
  await dialog.getByRole('button', { name: 'Remove quota' }).click();
  await quotaRow(id).waitFor({ state: 'detached' });
  await logIn(SECOND_PASSWORD);
  const { rows } = await live.read('users', { query: '', descending: false, name: null, offset: 0, limit: 10 });
  assert.deepEqual(rows, [{ name: USER, credentials: [{ mechanism: 'SCRAM-SHA-512', iterations: 8192 }] }]);
  await page.getByRole('button', { name: 'Undo' }).click();
  await quotaRow(id).getByText('5 MB/s').waitFor();
});

test('[ACCE-7] deleting the user names whom it shuts out, wants its name, and refuses the next login', async () => {
  await openPath(`users?name=${encodeURIComponent(USER)}`);
  const drawer = page.getByTestId('user');
  await drawer.getByRole('button', { name: 'Delete user' }).click();
  const dialog = page.getByTestId('confirm-dialog');
  assert.match(await dialog.innerText(), /are refused from their next login on.*Quotas of the user stay/s);
  const act = dialog.getByRole('button', { name: 'Delete user' });
  assert.ok(await act.isDisabled());
  await dialog.getByLabel(`Type ${USER} to confirm`).fill(USER);
  await act.click();
  await page.getByText('There is no SCRAM user yet').waitFor();
  await until('the password works no more', 10_000, () =>
    isRefused(SECOND_PASSWORD).then(
      () => true,
      () => false,
    ),
  );
  const { total } = await live.read('quotas', {
    ...{ query: '', kind: null, sort: 'entity', descending: false },
    ...{ id: null, client: null, offset: 0, limit: 10 },
  });
  assert.equal(total, 2);
});

test('[ACCE-8] passwords went to the server once each and came back nowhere: no frame, no address, no log, no storage', async () => {
  for (const password of [firstPassword, SECOND_PASSWORD]) {
    assert.equal(frames.sent.filter((frame) => frame.includes(password)).length, 1);
    assert.equal(frames.received.filter((frame) => frame.includes(password)).length, 0);
    assert.ok(!server.output().includes(password));
    const kept = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, history.state]),
    );
    assert.ok(!kept.includes(password) && !page.url().includes(password));
    assert.ok(!(await page.content()).includes(password));
  }
  assert.ok(frames.received.length > 10, 'frames were looked at');
});

test('[ACCE-9] two hundred quotas: sorted on the whole set, few rows in the page, nothing too wide on a phone', async () => {
  for (let number = 0; number < 200; number += 1) {
    const entity = [{ type: 'client-id', name: `service-${number}` }] as const;
    await live.call('quota.alter', { entity, limits: { consumer_byte_rate: 1_000_000 + number }, expected: {} });
  }
  const phone = await openPage(browser, { width: 390 }, faults);
  await phone.goto(`${server.url}/c/local/quotas?sort=consumer_byte_rate&desc=1&q=service`);
  await phone.getByTestId('quota-count').getByText('200 quotas').waitFor();
  await phone.locator('[data-testid=quota-row][data-key="client-id:service-199"]').waitFor();
  assert.ok((await phone.getByTestId('quota-row').count()) < 100);
  await assertFits(phone);
  await assertAccessible(phone);
  await phone.context().close();
  assert.deepEqual(faults, []);
});
