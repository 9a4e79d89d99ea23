// A person kills a leader from the lab page and watches the cluster recover: another broker leads, the dead one is shown as down,
// it is started again and comes back in sync. Then a rolling restart, brokers that come and go, and faults of links, disks and
// requests, from the same page. Nothing here reloads the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import type { Browser, Locator, Page } from 'playwright';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, assertFits, openPage } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const TOPIC = 'lab.orders';
/** A broker's session is 9 s; then come fencing, election and the next reading. */
const RECOVERY_MS = 30_000;
const looks = [
  { name: 'wide', width: 1280, height: 844, colorScheme: 'light' },
  { name: 'dark', width: 1280, height: 844, colorScheme: 'dark' },
  { name: 'phone', width: 390, height: 844, colorScheme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, colorScheme: 'dark' },
] as const;
let server: RunningServer;
let browser: Browser;
let page: Page;
const faults: string[] = [];

before(async () => {
  server = await startServer();
  const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    topics: [{ topic: TOPIC, numPartitions: 1, replicationFactor: 3 }],
    waitForLeaders: true,
  });
  await admin.disconnect();
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280, height: 844 }, faults);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const section = (name: string): Locator =>
  page.getByRole('navigation', { name: 'Sections' }).first().getByRole('link', { name, exact: true });
const card = (nodeId: number): Locator => page.locator(`[data-testid=lab-node][data-node="${nodeId}"]`);
const hasState = (nodeId: number, state: string) =>
  page.locator(`[data-testid=lab-node][data-node="${nodeId}"][data-state=${state}]`).waitFor({ timeout: RECOVERY_MS });
const counter = async (id: string): Promise<number> => Number(await page.getByTestId(id).getAttribute('data-value'));
const happened = (sentence: RegExp) =>
  page.getByTestId('lab-event').filter({ hasText: sentence }).first().waitFor({ timeout: RECOVERY_MS });

async function readLeader(): Promise<{ leader: number; inSync: string }> {
  await section('Topics').click();
  await page.getByRole('link', { name: TOPIC }).first().click();
  await page.getByRole('link', { name: /^Partitions/ }).click();
  const row = page.getByTestId('partition-row').first();
  await row.waitFor();
  const text = await row.innerText();
  const leader = Number(/broker\s+(\d+)/.exec(text)?.[1] ?? Number.NaN);
  return { leader, inSync: text };
}

let killed = 0;

test('[LABE-1] the lab names what a kill would hit, and another broker leads after it', async () => {
  await page.goto(server.url);
  await page.waitForURL('**/c/local');
  killed = (await readLeader()).leader;
  assert.ok(killed >= 1 && killed <= 3, `leader ${killed}`);
  await section('Lab').click();
  await hasState(killed, 'running');
  await card(killed)
    .getByRole('button', { name: `Kill broker ${killed}` })
    .click();
  const dialog = page.getByTestId('lab-confirm');
  assert.match(await dialog.getByTestId('lab-hits').innerText(), /It leads \d+ partition/);
  await dialog.getByRole('button', { name: `Kill broker ${killed}` }).click();
  await hasState(killed, 'stopped');
  await happened(new RegExp(`Broker ${killed} was killed`));
  await happened(new RegExp(`Broker \\d leads \\d+ partitions? that broker ${killed} led`));
  assert.ok((await counter('lab-under-replicated')) > 0);
  assert.equal(await counter('lab-leaderless'), 0);
  const { leader } = await readLeader();
  assert.ok(leader !== killed && leader >= 1, `broker ${leader} leads`);
});

test('[LABE-2] the overview says which broker is down, and it is whole again when the broker is back in sync', async () => {
  await section('Overview').click();
  await page
    .getByText(new RegExp(`Broker ${killed} is down`))
    .first()
    .waitFor({ timeout: RECOVERY_MS });
  await section('Lab').click();
  await card(killed)
    .getByRole('button', { name: `Start broker ${killed}` })
    .click();
  await hasState(killed, 'running');
  await happened(new RegExp(`Broker ${killed} is in sync again for \\d+ partition`));
  await until('all in sync', RECOVERY_MS, async () => (await counter('lab-under-replicated')) === 0);
  await section('Overview').click();
  const sentence = page.getByTestId('health-sentence');
  await until('well again', RECOVERY_MS, async () => /All 3 brokers are up/.test(await sentence.innerText()));
});

test('[LABE-3] a frozen broker is thawed; a rolling restart shows how far it is and ends with everything in sync', async () => {
  await section('Lab').click();
  await card(2).getByRole('button', { name: 'Freeze broker 2' }).click();
  await page.getByTestId('lab-confirm').getByRole('button', { name: 'Freeze broker 2' }).click();
  await hasState(2, 'frozen');
  await card(2).getByRole('button', { name: 'Thaw broker 2' }).click();
  await hasState(2, 'running');
  await until('all in sync', RECOVERY_MS, async () => (await counter('lab-under-replicated')) === 0);
  await page.getByRole('button', { name: 'Rolling restart' }).click();
  await page.getByTestId('lab-rolling-confirm').getByRole('button', { name: 'Restart 3 brokers' }).click();
  await page.getByTestId('lab-rolling').waitFor();
  await page
    .getByText(/The rolling restart is done: 3 of 3 brokers restarted/)
    .first()
    .waitFor({ timeout: 2 * RECOVERY_MS });
  assert.equal(await counter('lab-under-replicated'), 0);
  assert.deepEqual(faults, []);
});

for (const look of looks) {
  test(`[LABE-4] the lab with a broker down is accessible and fits: ${look.name}`, async () => {
    const other = await openPage(browser, look, faults);
    await other.goto(`${server.url}/c/local/lab`);
    const start = other.getByRole('button', { name: 'Start broker 3' });
    if (look.name === 'wide') {
      await other.getByRole('button', { name: 'Stop broker 3' }).click();
      const dialog = other.getByTestId('lab-confirm');
      await dialog.waitFor();
      await other.screenshot({ path: 'screenshots/lab-confirm.png' });
      await dialog.getByRole('button', { name: 'Stop broker 3' }).click();
    }
    await start.waitFor();
    await other.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
    await assertFits(other);
    await other.screenshot({ path: `screenshots/lab-${look.name}.png` });
    await assertAccessible(other);
    assert.deepEqual(faults, []);
    await other.context().close();
  });
}

const ORDERS = 'orders-eu';
const choose = async (dialog: Locator, label: string, value: string) => dialog.getByLabel(label).selectOption(value);
const openLab = async () => {
  await section('Lab').click();
  await page.getByTestId('lab-links').waitFor();
};

test('[LABE-5] a broker is added from the page, serves clients, and is removed again; one that holds replicas leads to its drain', async () => {
  await openLab();
  await card(3).getByRole('button', { name: 'Start broker 3' }).click();
  await hasState(3, 'running');
  await page.getByRole('button', { name: 'Add broker' }).click();
  await page.getByTestId('lab-add-broker').getByRole('button', { name: 'Add broker' }).click();
  await hasState(4, 'running');
  await happened(/Broker 4 joined the cluster/);
  const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  assert.deepEqual(brokers.map(({ nodeId }) => nodeId).sort(), [1, 2, 3, 4]);
  await admin.createTopics({ topics: [{ topic: ORDERS, replicaAssignment: [{ partition: 0, replicas: [1, 2] }] }] });
  await admin.disconnect();
  await card(1).getByRole('button', { name: 'Remove broker 1' }).click();
  const dialog = page.getByTestId('lab-remove');
  assert.match(await dialog.getByTestId('lab-hits').innerText(), /It holds replicas of \d+ partition/);
  const drain = dialog.getByRole('link', { name: 'Drain broker 1 first' });
  assert.match((await drain.getAttribute('href')) ?? '', /\/c\/local\/reassign\?kind=drain&broker=1$/);
  await dialog.getByRole('button', { name: 'Leave it' }).click();
  await card(4).getByRole('button', { name: 'Remove broker 4' }).click();
  await dialog.getByRole('button', { name: 'Remove broker 4' }).click();
  await happened(/Broker 4 was removed from the cluster/);
  await card(4).waitFor({ state: 'detached' });
  assert.deepEqual(faults, []);
});

test('[LABE-6] a fault rule from the page is felt by a client within its pattern and by no other, counts its hits, and ends', async () => {
  const kafka = new Kafka({
    clientId: 'shop',
    brokers: server.bootstrapServers.split(','),
    logLevel: logLevel.NOTHING,
  });
  const producer = kafka.producer();
  await producer.connect();
  const took = async (topic: string) => {
    const startedAtMs = performance.now();
    await producer.send({ topic, messages: [{ value: 'x' }] });
    return performance.now() - startedAtMs;
  };
  try {
    await took(ORDERS);
    await took(TOPIC);
    await page.getByRole('button', { name: 'Add fault rule' }).click();
    const form = page.getByTestId('lab-fault-form');
    await choose(form, 'Request', 'Produce');
    await form.getByLabel('Topic').fill('orders-*');
    await form.getByLabel('Longer by, ms').fill('300');
    await form.getByRole('button', { name: 'Add rule' }).click();
    const rule = page.getByTestId('lab-fault').filter({ hasText: 'Produce of orders-* takes 300 ms longer' });
    await rule.waitFor();
    await until('the rule is felt', RECOVERY_MS, async () => (await took(ORDERS)) >= 300);
    assert.ok((await took(TOPIC)) < 300, 'another topic is not slowed');
    await until('hits are shown', RECOVERY_MS, async () => Number(await rule.getAttribute('data-hits')) >= 1);
    await rule.getByRole('button', { name: /^End now/ }).click();
    await rule.waitFor({ state: 'detached' });
    await happened(/A fault rule ended: Produce of orders-\* takes 300 ms longer/);
    await until('all is fast again', RECOVERY_MS, async () => (await took(ORDERS)) < 200);
  } finally {
    await producer.disconnect();
  }
  assert.deepEqual(faults, []);
});

test('[LABE-7] a cut link takes a follower out of sync, with its cause on the timeline, and healing it brings it back', async () => {
  await until('all in sync', RECOVERY_MS, async () => (await counter('lab-under-replicated')) === 0);
  const cell = page.getByRole('button', { name: /^Link between broker 1 and broker 2/ });
  await cell.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByTestId('lab-link-dialog');
  assert.match(await dialog.getByTestId('lab-hits').innerText(), /Neither copies what the other leads/);
  await dialog.getByRole('button', { name: 'Cut link' }).click();
  await page.locator('[data-testid=lab-link][data-state=cut]').waitFor();
  await happened(/The link between broker 1 and broker 2 was cut/);
  // A follower that misses records is out of sync after replica.lag.time.max.ms, 30 s; without new records it misses none.
  const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: ORDERS, acks: 1, messages: [{ value: 'not copied yet' }] });
  await producer.disconnect();
  await until('out of sync', 3 * RECOVERY_MS, async () => (await counter('lab-under-replicated')) > 0);
  await page
    .getByTestId('lab-event')
    .filter({ hasText: /is out of sync for/ })
    .filter({ hasText: /was cut off from broker \d/ })
    .first()
    .waitFor();
  assert.match(await page.getByTestId('lab-guarantee').innerText(), /one copy in sync|misses? a copy/);
  assert.equal(await counter('lab-leaderless'), 0);
  await page.getByRole('button', { name: 'Heal the link between broker 1 and broker 2' }).click();
  await page.locator('[data-testid=lab-link][data-state=cut]').waitFor({ state: 'detached' });
  await until('in sync again', 2 * RECOVERY_MS, async () => (await counter('lab-under-replicated')) === 0);
  assert.deepEqual(faults, []);
});

for (const look of looks) {
  test(`[LABE-8] the lab with faults in force and its forms are accessible and fit: ${look.name}`, async () => {
    const other = await openPage(browser, look, faults);
    await other.goto(`${server.url}/c/local/lab`);
    await other.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
    const shoot = async (name: string) => {
      await assertFits(other, name);
      await other.screenshot({ path: `screenshots/lab-${name}-${look.name}.png`, fullPage: name === 'faults' });
      await assertAccessible(other, name);
    };
    await other.getByRole('button', { name: /^Link between broker 1 and the controller/ }).click();
    const link = other.getByTestId('lab-link-dialog');
    await choose(link, 'What happens', 'delay');
    await shoot('link');
    await link.getByRole('button', { name: 'Slow link' }).click();
    await other.getByRole('button', { name: 'Slow disk of broker 2' }).click();
    await other.getByTestId('lab-slow-disk').getByRole('button', { name: 'Slow down' }).click();
    await other.getByTestId('lab-disk').waitFor();
    await other.getByRole('button', { name: 'Add fault rule' }).click();
    const form = other.getByTestId('lab-fault-form');
    await choose(form, 'What happens', 'error');
    await choose(form, 'How often', 'times');
    await shoot('form');
    await form.getByRole('button', { name: 'Add rule' }).click();
    await other.getByTestId('lab-fault').first().waitFor();
    await shoot('faults');
    await other.getByRole('button', { name: 'End all faults (3)' }).click();
    await other.getByTestId('lab-fault').waitFor({ state: 'detached' });
    await other.getByTestId('lab-disk').waitFor({ state: 'detached' });
    await other.locator('[data-testid=lab-link]:not([data-state=sound])').waitFor({ state: 'detached' });
    assert.deepEqual(faults, []);
    await other.context().close();
  });
}
