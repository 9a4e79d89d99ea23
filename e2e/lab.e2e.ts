// A person kills a leader from the lab page and watches the cluster recover: another broker leads, the dead one is shown as down,
// it is started again and comes back in sync. Then a rolling restart, from the same page. Nothing here reloads the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { Kafka, logLevel } from 'kafkajs';
import type { Browser, Locator, Page } from 'playwright';
import { launchBrowser } from './browser.ts';
import { until } from './interop/support.ts';
import { type RunningServer, startServer } from './server.ts';

const TOPIC = 'lab.orders';
/** A broker's session is 9 s; then come fencing, election and the next reading. */
const RECOVERY_MS = 30_000;
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
  page = await newPage(1280, 'light');
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function newPage(width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
  const opened = await context.newPage();
  opened.setDefaultTimeout(20_000);
  opened.on('pageerror', (error) => faults.push(String(error)));
  opened.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  return opened;
}
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

for (const look of [
  { name: 'wide', width: 1280, colorScheme: 'light' },
  { name: 'dark', width: 1280, colorScheme: 'dark' },
  { name: 'phone', width: 390, colorScheme: 'light' },
  { name: 'phone-dark', width: 390, colorScheme: 'dark' },
] as const) {
  test(`[LABE-4] the lab with a broker down is accessible and fits: ${look.name}`, async () => {
    const other = await newPage(look.width, look.colorScheme);
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
    const overflow = await other.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(overflow <= 0, `${overflow} px too wide`);
    await other.screenshot({ path: `screenshots/lab-${look.name}.png` });
    const { violations } = await new AxeBuilder({ page: other }).analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    assert.deepEqual(
      serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
      [],
    );
    assert.deepEqual(faults, []);
    await other.context().close();
  });
}
