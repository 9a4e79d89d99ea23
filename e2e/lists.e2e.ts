// The five lists as one kind of page: walked by keyboard, selected with and without ranges, their columns chosen and sent to others, on a
// desk and on a phone. What each list says of its own subject is held by that subject's tests.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import type { Browser, Locator, Page } from 'playwright';
import { connectLive } from './chaos/live-client.ts';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import {
  assertAccessible,
  assertContrastInDark,
  assertFits,
  openContext,
  openPage,
  waitUntilSettled,
} from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

/** More than the server gives at once. */
const TOPICS = 230;
const NAMED = ['alpha', 'beta', 'gamma', 'delta'];
const topicName = (index: number) => `list.${String(index).padStart(3, '0')}`;

interface List {
  readonly path: string;
  readonly row: string;
  /** What the rows are called by screen readers, in order. */
  readonly first: readonly [string, string];
  readonly nouns: readonly [one: string, many: string];
  readonly column: string;
  /** What opening the second row leads to. */
  readonly opened: RegExp;
}
const lists: readonly List[] = [
  {
    ...{ path: 'topics', row: 'topic-row', first: [topicName(0), topicName(1)] },
    ...{ nouns: ['topic', 'topics'], column: 'Size', opened: /\/topics\/list\.001$/ },
  },
  {
    ...{ path: 'groups', row: 'group-row', first: ['readers-alpha', 'readers-beta'] },
    ...{ nouns: ['group', 'groups'], column: 'Members', opened: /\/groups\/readers-beta$/ },
  },
  {
    ...{ path: 'transactions', row: 'transaction-row', first: ['shop-alpha', 'shop-beta'] },
    ...{ nouns: ['transactional id', 'transactional ids'], column: 'Producer id', opened: /[?&]id=shop-beta/ },
  },
  {
    ...{ path: 'quotas', row: 'quota-row', first: ['Client alpha', 'Client beta'] },
    ...{ nouns: ['quota', 'quotas'], column: 'Consume', opened: /[?&]id=client-id:beta/ },
  },
  {
    ...{ path: 'users', row: 'user-row', first: ['alpha', 'beta'] },
    ...{ nouns: ['user', 'users'], column: 'SCRAM-SHA-256', opened: /[?&]name=beta/ },
  },
];

let server: RunningServer;
let browser: Browser;
let page: Page;
const faults: string[] = [];

before(async () => {
  server = await startServer();
  const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = Array.from({ length: TOPICS }, (_, index) => ({ topic: topicName(index), numPartitions: 1 }));
  await admin.createTopics({ topics, waitForLeaders: true });
  const live = await connectLive(server.url);
  for (const name of NAMED) {
    await admin.setOffsets({
      groupId: `readers-${name}`,
      topic: topicName(0),
      partitions: [{ partition: 0, offset: '0' }],
    });
    const entity = [{ type: 'client-id', name }] as const;
    await live.call('quota.alter', { entity, limits: { producer_byte_rate: 1_000_000 }, expected: {} });
    const user = { name, iterations: 4_096, password: 'of no interest here', isNew: true };
    await live.call('user.setPassword', { ...user, mechanisms: ['SCRAM-SHA-512'] });
    const producer = kafka.producer({ transactionalId: `shop-${name}`, idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: topicName(0), messages: [{ value: name }] });
    await transaction.commit();
    await producer.disconnect();
  }
  live.close();
  await admin.disconnect();
  browser = await launchBrowser();
  page = await openPage(browser, { width: 1280 }, faults);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const addressOf = (path: string) => `${server.url}/c/local/${path}`;
async function openList(path: string, at = page): Promise<void> {
  await at.goto(addressOf(path));
  await at.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
  await waitUntilSettled(at, path);
}
const checkbox = (name: string, at = page) => at.getByRole('checkbox', { name: `Select ${name}`, exact: true });
const row = (index: number, at = page) => at.locator(`[data-row-index="${index}"]`);
const hasFocus = (place: Locator) => place.evaluate((node) => node.contains(document.activeElement));
const selected = async (count: number, at = page): Promise<void> => {
  if (count === 0) return at.getByTestId('selection-bar').waitFor({ state: 'detached' });
  return at.locator(`[data-testid=selected-count][data-value="${count}"]`).waitFor();
};

for (const { path, row: testId, first, nouns, opened } of lists) {
  test(`[LSTE-1] ${path} by keyboard: / searches, j and k go from row to row, x and X select, Esc lets go, Enter opens, Back comes back`, async () => {
    await openList(path);
    await row(2).waitFor();
    await page.keyboard.press('/');
    assert.ok(await hasFocus(page.getByRole('searchbox', { name: 'Search' })), 'the search has the focus');
    await page.keyboard.press('Escape');
    await page.locator('body').click({ position: { x: 1278, y: 2 } });
    await page.keyboard.press('j');
    await until('the first row has the focus', 5_000, () => hasFocus(row(0)));
    await page.keyboard.press('x');
    await selected(1);
    assert.equal(await checkbox(first[0]).isChecked(), true);
    assert.equal(await page.getByTestId('selected-count').innerText(), `1 ${nouns[0]} selected`);
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await until('the third row has the focus', 5_000, () => hasFocus(row(2)));
    await page.keyboard.press('Shift+X');
    await selected(3);
    await until('it is told', 5_000, async () =>
      (await page.getByTestId('announcer').innerText()).includes(`3 ${nouns[1]} selected`),
    );
    await assertAccessible(page, `${path} with a selection`);
    await page.keyboard.press('Escape');
    await selected(0);
    await page.keyboard.press('k');
    await until('the second row has the focus', 5_000, () => hasFocus(row(1)));
    assert.equal(await row(1).getAttribute('data-testid'), testId);
    await page.keyboard.press('Enter');
    await page.waitForURL(opened);
    await waitUntilSettled(page, `${path} opened`);
    await page.goBack();
    await page.waitForURL(addressOf(path));
    await row(1).waitFor();
  });

  test(`[LSTE-2] ${path}: columns that are hidden stay so after a reload, and the address shows the same to others, who remember nothing of it`, async () => {
    const { column } = lists.find((list) => list.path === path) as List;
    const header = (at = page) => at.getByRole('columnheader', { name: column, exact: true });
    await openList(path);
    await header().waitFor();
    await page.getByTestId('columns').click();
    await page.getByRole('menuitemcheckbox', { name: column, exact: true }).click();
    await header().waitFor({ state: 'detached' });
    // The guards around an open menu only hand the focus on.
    await assertAccessible(page, `the columns of ${path}`, '[data-base-ui-focus-guard]');
    await page.keyboard.press('Escape');
    const address = page.url();
    assert.match(address, /[?&]cols=/);
    await openList(path);
    await page.waitForURL(address);
    await header().waitFor({ state: 'detached' });

    const other = await openPage(browser, { width: 1280 }, faults);
    await other.goto(address);
    await waitUntilSettled(other, address);
    assert.equal(await header(other).count(), 0);
    await openList(path, other);
    await header(other).waitFor();
    assert.doesNotMatch(other.url(), /cols=/);
    await other.context().close();

    await page.getByTestId('columns').click();
    await page.getByRole('menuitem', { name: 'Show all' }).click();
    await header().waitFor();
    await page.waitForURL(addressOf(path));
  });

  test(`[LSTE-3] ${path} on a phone: cards that fit, a place to hit on each, and the bar over the sections`, async () => {
    const phone = await openPage(browser, { width: 390, height: 844 }, faults);
    await openList(path, phone);
    assert.ok(((await row(0, phone).boundingBox())?.height ?? 0) > 50, 'rows are cards');
    const place = await checkbox(first[0], phone).boundingBox();
    assert.ok((place?.width ?? 0) >= 40 && (place?.height ?? 0) >= 40, JSON.stringify(place));
    await checkbox(first[0], phone).click();
    await selected(1, phone);
    await phone
      .getByTestId('selection-bar')
      .getByRole('button', { name: /^Select (all|the first) / })
      .click();
    await selected(path === 'topics' ? TOPICS : NAMED.length, phone);
    const bar = await phone.getByTestId('selection-bar').boundingBox();
    const sections = await phone.locator('nav[aria-label=Sections] >> visible=true').boundingBox();
    assert.ok((bar?.y ?? 0) + (bar?.height ?? 0) <= (sections?.y ?? 0), JSON.stringify({ bar, sections }));
    await assertFits(phone, path);
    await assertAccessible(phone, `${path} on a phone`);
    await assertContrastInDark(phone, `${path} on a phone`);
    await phone.context().close();
  });
}

test('[LSTE-4] a range by Shift reaches over rows that were never in the browser, survives sorting and filtering, and its names are copied', async () => {
  const context = await openContext(browser, { width: 1280 });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const at = await context.newPage();
  await openList('topics', at);
  await checkbox(topicName(2), at).click();
  await selected(1, at);
  assert.equal(await at.getByRole('checkbox', { name: 'Select all topics' }).getAttribute('aria-checked'), null);
  assert.equal(
    await at
      .getByRole('checkbox', { name: 'Select all topics' })
      .evaluate((box: HTMLInputElement) => box.indeterminate),
    true,
  );
  await at.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight));
  await checkbox(topicName(TOPICS - 1), at).click({ modifiers: ['Shift'] });
  await selected(TOPICS - 2, at);
  assert.equal(await at.evaluate(() => String(window.getSelection())), '', 'no text is selected with it');
  assert.doesNotMatch(at.url(), /list\.\d/);
  // Let go of a few in the middle, in another order than before.
  await at.evaluate(() => window.scrollTo(0, 0));
  await at.getByRole('button', { name: 'Name', exact: true }).click();
  await checkbox(topicName(TOPICS - 1), at).waitFor();
  await selected(TOPICS - 2, at);
  await checkbox(topicName(TOPICS - 3), at).click();
  await checkbox(topicName(TOPICS - 6), at).click({ modifiers: ['Shift'] });
  await selected(TOPICS - 6, at);
  await at.getByTestId('topic-search').fill('list.00');
  await at.getByTestId('topic-count').getByText('10 topics').waitFor();
  await selected(TOPICS - 6, at);
  assert.equal(await checkbox(topicName(1), at).isChecked(), false);
  assert.equal(await checkbox(topicName(5), at).isChecked(), true);
  await at.getByRole('button', { name: 'Copy names' }).click();
  await at.getByRole('button', { name: 'Copy names' }).getByText('Copied').waitFor();
  const copied = (await at.evaluate(() => navigator.clipboard.readText())).split('\n');
  const left = Array.from({ length: TOPICS }, (_, index) => topicName(index)).filter(
    (_, index) => index >= 2 && (index < TOPICS - 6 || index > TOPICS - 3),
  );
  assert.deepEqual(copied.toSorted(), left);
  await at.getByRole('button', { name: 'Clear the selection' }).click();
  await selected(0, at);
  await context.close();
});

test('[LSTE-5] all that match are selected at the head and let go there; g x goes to the lab and selects nothing', async () => {
  await openList('topics?q=list.1');
  const all = page.getByRole('checkbox', { name: 'Select all topics' });
  await all.click();
  await selected(100);
  assert.equal(await all.isChecked(), true);
  await all.click();
  await selected(0);
  await row(3).getByRole('link').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('x');
  await page.waitForURL(addressOf('lab'));
});

test('[LSTE-6] Esc closes what is open beside the list and leaves the selection, and a second one lets go of it', async () => {
  await openList('users');
  await checkbox('alpha').click();
  await selected(1);
  // With the focus on the box the keys still go from row to row.
  await page.keyboard.press('j');
  await until('the second row has the focus', 5_000, () => hasFocus(row(1)));
  await page.keyboard.press('Enter');
  await page.getByTestId('user').waitFor();
  await page.keyboard.press('Escape');
  await page.getByTestId('user').waitFor({ state: 'detached' });
  await selected(1);
  await page.keyboard.press('Escape');
  await selected(0);
});

test('[LSTE-7] what is searched, filtered, sorted and hidden is in the address, and one click clears what hides everything', async () => {
  await openList('transactions?q=no-such-id&state=Ongoing&sort=age&desc=1&cols=state');
  await page.getByTestId('empty').getByText('No transactional id matches').waitFor();
  await page.getByTestId('empty').getByText('4 transactional ids exist').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await row(3).waitFor();
  assert.equal(new URL(page.url()).search, '?sort=age&desc=1&cols=state');
  // The box, the name and the one that was chosen.
  assert.equal(await page.getByRole('columnheader').count(), 3);
  await openList('groups?q=nobody');
  await page.getByRole('button', { name: 'Clear search' }).click();
  await row(3).waitFor();
  assert.equal(new URL(page.url()).search, '');
});

test('[LSTE-8] nothing of this caused an error in the browser', () => {
  assert.deepEqual(faults, []);
});
