// The page of the cluster's features, in a real browser.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright';
import { launchBrowser } from './support/browser.ts';
import { assertAccessible, openContext, waitUntilSettled } from './support/page.ts';
import { type RunningServer, startServer } from './support/server.ts';

const look = { name: 'wide', pictures: ['light', 'dark'], colorScheme: 'light', width: 1280, height: 800 } as const;
let server: RunningServer;
let browser: Browser;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test('[PAGE-14] each feature of the cluster is told with the level in force and those that the brokers serve, reached by keyboard', async () => {
  const context = await openContext(browser, look);
  const page = await context.newPage();
  await page.goto(`${server.url}/c/local`);
  await page.getByText('Live', { exact: true }).first().waitFor({ state: 'attached' });
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.waitForURL('**/c/local/features');
  await page.locator('[data-testid=feature-row][data-key="group.version"]').waitFor();
  await waitUntilSettled(page, 'features');
  const rows = await page.getByTestId('feature-row').allInnerTexts();
  const lines = rows.map((row) => row.split('\n').slice(0, 3).join(' '));
  assert.ok(lines.includes('group.version 1 0 to 1'), lines.join('; '));
  assert.ok(lines.includes('transaction.version 2 0 to 2'), lines.join('; '));
  assert.match(await page.locator('main header').innerText(), /3 brokers have told what they serve/);
  await assertAccessible(page, 'features');
  await context.close();
});
