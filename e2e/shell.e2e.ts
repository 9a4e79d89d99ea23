// What stands around every page: the rail and the phone's sheet with as many sections as may come, what is said while a page is under way
// or after it failed, and what a cluster cannot do. Answers of the server are held back or changed on their way to the browser.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, openPage, waitUntilSettled } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const PICTURES = 'screenshots';
/** As many sections as the rail is made for. */
const MANY = 25;
const ON_PHONE_BAR = 4;
let server: RunningServer;
let browser: Browser;

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  server = await startServer();
  browser = await launchBrowser();
  const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 2 }], waitForLeaders: true });
  await admin.setOffsets({ groupId: 'billing', topic: 'orders', partitions: [{ partition: 0, offset: '0' }] });
  await admin.disconnect();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const rail = (page: Page) => page.getByTestId('rail').getByRole('navigation', { name: 'Sections' });
const inRail = (page: Page, name: string) => rail(page).getByRole('link', { name, exact: true });

/** Copies the last entry of each group in turn until there are `count`, and tells how high the list is and has to be. */
const plant = (page: Page, where: string, groups: string, entries: string, count: number) =>
  page.evaluate(
    ([where, groups, entries, count]) => {
      const list = document.querySelector(where);
      if (list === null) throw new Error(`there is no ${where}`);
      const each = [...list.querySelectorAll(groups)];
      for (let turn = 0; list.querySelectorAll(entries).length < count; turn += 1) {
        const group = each[turn % each.length];
        const last = group?.lastElementChild;
        if (last) group.append(last.cloneNode(true));
      }
      const heights = [...list.querySelectorAll(entries)].map((entry) => entry.getBoundingClientRect().height);
      return { count: heights.length, lowest: Math.min(...heights), has: list.clientHeight, needs: list.scrollHeight };
    },
    [where, groups, entries, count] as const,
  );

test('[PAGE-7] the rail holds twenty-five sections at a height of 900 px without scrolling, collapsed too; with fifty it scrolls', async () => {
  const page = await openPage(browser, { width: 1280, height: 900 }, []);
  const inNav = ['[data-testid=rail] nav', 'ul', 'li'] as const;
  for (const toggle of ['Collapse the side bar', 'Open the side bar']) {
    await page.goto(`${server.url}/c/local/brokers`);
    await waitUntilSettled(page);
    await page.getByRole('button', { name: toggle }).click();
    const many = await plant(page, ...inNav, MANY);
    assert.equal(many.count, MANY);
    assert.ok(many.lowest >= 24, `a row has ${many.lowest} px`);
    assert.ok(many.needs <= many.has, `${many.needs} px in ${many.has}`);
    const footer = await page.getByTestId('theme-toggle').first().boundingBox();
    assert.ok(footer !== null && footer.y + footer.height <= 900, JSON.stringify(footer));
    await page.screenshot({ path: `${PICTURES}/many-sections-${toggle.split(' ')[0]?.toLowerCase()}.png` });
    const tooMany = await plant(page, ...inNav, 2 * MANY);
    assert.ok(tooMany.needs > tooMany.has, 'fifty would be seen');
  }
  await page.context().close();
});

test('[PAGE-8] on a phone twenty-five sections are within its window, each with room for a finger', async () => {
  const page = await openPage(browser, { width: 390, height: 844 }, []);
  await page.goto(`${server.url}/c/local/brokers`);
  await waitUntilSettled(page);
  await page.getByTestId('more-sections').click();
  const sheet = page.getByTestId('more-sheet');
  await sheet.waitFor();
  const many = await plant(page, '[data-testid=more-sheet]', '[role=group]', '[role=menuitem]', MANY - ON_PHONE_BAR);
  assert.equal(many.count, MANY - ON_PHONE_BAR);
  assert.ok(many.lowest >= 44, `a row has ${many.lowest} px`);
  assert.ok(many.needs <= many.has, `${many.needs} px in ${many.has}`);
  // It grew at its end and moves up above the bar.
  await page.waitForFunction(() => {
    const box = document.querySelector('[data-testid=more-sheet]')?.getBoundingClientRect();
    return box !== undefined && box.top >= 0 && box.bottom <= window.innerHeight - 56;
  });
  await page.screenshot({ path: `${PICTURES}/many-sections-phone.png` });
  await page.context().close();
});

test('[PAGE-9] each section opens by its keys, as the list of shortcuts says, and is the one marked in the rail', async () => {
  const faults: string[] = [];
  const page = await openPage(browser, { width: 1280 }, faults);
  await page.goto(`${server.url}/c/local`);
  await waitUntilSettled(page);
  await page.keyboard.press('?');
  const help = page.getByTestId('shortcut-help');
  await help.waitFor();
  const rows = await help.locator('dl > div').allInnerTexts();
  const jumps = rows.map((row) => /^g (\w)\s+(.+)$/.exec(row)).flatMap((row) => (row ? [[row[1], row[2]]] : []));
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'detached' });
  assert.equal(jumps.length, await rail(page).getByRole('link').count());
  for (const [key, title] of jumps as [string, string][]) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForFunction((wanted) => document.title === `${wanted} · Barnabas`, title);
    const marked = await rail(page).locator('[aria-current=page]').getAttribute('title');
    assert.ok(marked?.endsWith(`(g ${key})`), `${title}: ${marked}`);
    await waitUntilSettled(page, title);
  }
  assert.deepEqual(faults, []);
  await page.context().close();
});

/** Rows are not read ahead, for there are too many; then the router cannot show what it has never heard of. */
const readAhead = (page: Page, href: string) =>
  page.evaluate((to) => {
    const { next } = window as unknown as { next: { router: { prefetch(href: string): void } } };
    next.router.prefetch(to);
  }, href);

test('[PAGE-10] while the server takes its time, what is under way stands in place of the page before, by its own noun: from a list to a thing and between things too', async () => {
  const page = await openPage(browser, { width: 1280 }, []);
  let isHeld = false;
  const held: (() => void)[] = [];
  await page.route('**/c/local/**', async (route) => {
    const headers = route.request().headers();
    const isAhead = 'next-router-prefetch' in headers || 'next-router-segment-prefetch' in headers;
    if (isHeld && 'rsc' in headers && !isAhead) await new Promise<void>((go) => held.push(go));
    await route.continue();
  });
  const link = (name: string | RegExp) => page.locator('main').getByRole('link', { name }).first();
  for (const [from, click, noun, to] of [
    ['topics', () => inRail(page, 'Groups').click(), 'groups'],
    ['topics', () => link('orders').click(), 'messages', 'topics/orders'],
    ['topics/orders', () => link(/^Partitions/).click(), 'partitions'],
    ['topics/orders/m/0/0', () => link('Next offset').click(), 'a message'],
    ['groups', () => link('billing').click(), 'a group', 'groups/billing'],
    ['groups/billing', () => link('Groups').click(), 'groups'],
    ['brokers', () => link('Broker 1').click(), 'a broker', 'brokers/1'],
    ['brokers/1', () => link('Brokers').click(), 'brokers'],
  ] as const) {
    isHeld = false;
    await page.goto(`${server.url}/c/local/${from}`);
    await waitUntilSettled(page);
    if (to !== undefined) await readAhead(page, `/c/local/${to}`);
    // What the router reads ahead of links is there, and nothing else comes meanwhile.
    await page.waitForLoadState('networkidle');
    isHeld = true;
    await click();
    await page.getByRole('status', { name: `Loading ${noun}`, exact: true }).waitFor();
    for (const go of held.splice(0)) go();
  }
  await page.context().close();
});

/** Gives every message of the server to `change`, which may alter it. */
async function changeAnswers(page: Page, change: (message: Message, asked: ReadonlyMap<number, string>) => void) {
  await page.routeWebSocket('**/live', (socket) => {
    const toServer = socket.connectToServer();
    const asked = new Map<number, string>();
    socket.onMessage((text) => {
      const { id, channel } = JSON.parse(String(text)) as { id?: number; channel?: string };
      if (id !== undefined && channel !== undefined) asked.set(id, channel);
      toServer.send(text);
    });
    toServer.onMessage((text) => {
      const message = JSON.parse(String(text)) as Message;
      change(message, asked);
      socket.send(JSON.stringify(message));
    });
  });
}
interface Message {
  readonly type: string;
  readonly items?: readonly { readonly id: number; readonly kind: string; data?: unknown }[];
  readonly clusters?: readonly { readonly capabilities: { lacks?: Record<string, string> } }[];
}

test('[PAGE-11] a page that fails while it draws says what it drew; rail, the head of a topic and the next page are as ever', async () => {
  const page = await openPage(browser, { width: 1280 }, []);
  const broken = ['groups', 'producers'];
  await changeAnswers(page, ({ items }, asked) => {
    for (const item of items ?? [])
      if (item.kind === 'snapshot' && broken.includes(asked.get(item.id) ?? '')) item.data = { rows: 'none' };
  });
  await page.goto(`${server.url}/c/local/brokers`);
  await waitUntilSettled(page);
  await inRail(page, 'Groups').click();
  const failed = (noun: string) =>
    page.getByRole('alert').getByRole('heading', { name: `This page failed while it drew ${noun}` });
  await failed('groups').waitFor();
  await page.screenshot({ path: `${PICTURES}/failed-groups.png` });
  await assertAccessible(page, 'a failed page');
  assert.equal(await inRail(page, 'Groups').getAttribute('aria-current'), 'page');
  await inRail(page, 'Topics').click();
  await page.locator('main').getByRole('link', { name: 'orders' }).first().click();
  await page.getByRole('link', { name: 'Producers' }).click();
  await failed('producers').waitFor();
  await page.getByRole('heading', { name: 'orders', exact: true }).waitFor();
  await page.screenshot({ path: `${PICTURES}/failed-tab.png` });
  await page.getByRole('link', { name: 'Configuration' }).click();
  await page.getByTestId('config-value').first().waitFor();
  await inRail(page, 'Brokers').click();
  await page.getByTestId('broker-row').first().waitFor();
  await page.context().close();
});

test('[PAGE-12] what a cluster cannot do keeps its place, greyed, with the reason: in rail and sheet, on its page, in the palette, on buttons and in menus', async () => {
  const why = 'The brokers of this cluster do not serve DescribeClientQuotas, which Apache Kafka has since 2.6.';
  const whyNot = 'The brokers of this cluster take no writes.';
  const faults: string[] = [];
  const lack = (page: Page) =>
    changeAnswers(page, ({ clusters }) => {
      for (const { capabilities } of clusters ?? [])
        capabilities.lacks = { quotas: why, 'record.produce': whyNot, 'topic.addPartitions': whyNot };
    });
  const page = await openPage(browser, { width: 1280 }, faults);
  await lack(page);
  await page.goto(`${server.url}/c/local/topics/orders`);
  await waitUntilSettled(page);
  const described = (name: string) => rail(page).getByRole('link', { name, exact: true, description: why });
  await described('Quotas').waitFor();
  assert.equal(await described('Users').count(), 0);
  const produce = page.getByTestId('produce');
  assert.equal(await produce.getAttribute('aria-disabled'), 'true');
  await page.getByRole('button', { name: 'Produce', exact: true, description: whyNot }).waitFor();
  // It is no disabled one, though a press does nothing but tell.
  await produce.click({ force: true });
  await page.locator('[data-open]', { hasText: whyNot }).first().waitFor();
  assert.equal(await page.getByTestId('produce-drawer').count(), 0);
  await assertAccessible(page, 'a greyed button');
  await page.screenshot({ path: `${PICTURES}/lacking-button.png` });
  await page.keyboard.press('Escape');
  await page.getByTestId('topic-actions').click();
  const entry = page.getByRole('menuitem', { name: 'Add partitions' });
  assert.equal(await entry.getAttribute('aria-disabled'), 'true');
  assert.match(await entry.innerText(), new RegExp(whyNot));
  await page.screenshot({ path: `${PICTURES}/lacking-menu.png` });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('set a quota');
  await page.getByRole('option', { selected: true }).filter({ hasText: 'Not on this cluster' }).waitFor();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/quotas');
  await page.getByTestId('empty').getByText(why).waitFor();
  await assertAccessible(page, 'a lacking page');
  await page.screenshot({ path: `${PICTURES}/lacking-page.png` });
  await page.context().close();

  const phone = await openPage(browser, { width: 390, height: 844 }, faults);
  await lack(phone);
  await phone.goto(`${server.url}/c/local`);
  await waitUntilSettled(phone);
  await phone.getByTestId('more-sections').click();
  await phone.getByRole('menuitem', { name: 'Quotas', description: why }).waitFor();
  await phone.screenshot({ path: `${PICTURES}/lacking-phone.png` });
  await phone.context().close();
  assert.deepEqual(faults, []);
});
