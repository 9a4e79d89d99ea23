// What every browser test asks of a page: it opens with its errors gathered, has no serious accessibility fault and is no wider
// than its window. Called by the *.e2e.ts files.
import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright';

const DEFAULT_TIMEOUT_MS = 20_000;

export interface Look {
  readonly width: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce';
  /** Dots of the screen for each pixel of the page; 1 unless said. */
  readonly scale?: number;
}
export function openContext(browser: Browser, { width, height = 900, colorScheme, reducedMotion, scale }: Look) {
  return browser.newContext({
    viewport: { width, height },
    ...(colorScheme && { colorScheme }),
    ...(reducedMotion && { reducedMotion }),
    ...(scale !== undefined && { deviceScaleFactor: scale }),
  });
}

/** Opens a page in a context of its own; its errors, each with where it came from, gather in `faults`. */
export async function openPage(browser: Browser, look: Look, faults: string[]): Promise<Page> {
  const page = await (await openContext(browser, look)).newPage();
  page.setDefaultTimeout(DEFAULT_TIMEOUT_MS);
  gatherFaults(page, faults);
  return page;
}

export function gatherFaults(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`${error.stack ?? error} on ${page.url()}`));
  page.on('console', (message) => {
    const { url } = message.location();
    // A page of something that does not exist is answered with 404, and that is no fault of the page.
    const isOwnStatus = url === page.url() && /status of 404/.test(message.text());
    if (message.type() === 'error' && !isOwnStatus) faults.push(`${message.text()} from ${url} on ${page.url()}`);
  });
}

const SETTLED_LIMIT_MS = 20_000;
/** Between an answer and what it draws lie a few frames, in which the drawn may ask again. */
const CALM_FRAMES = 6;

/**
 * Waits until everything the page asked for has arrived (the page says so itself) and no placeholder is left, for some frames in a
 * row. Throws naming what is missing.
 */
export async function waitUntilSettled(page: Page, what = page.url(), limitMs = SETTLED_LIMIT_MS): Promise<void> {
  await page
    .waitForFunction(
      (calmFrames) => {
        const counter = window as { calm?: number };
        const isCalm =
          document.querySelector('main[data-settled=true]') !== null &&
          document.querySelector('[aria-busy=true], [data-loading]') === null;
        counter.calm = isCalm ? (counter.calm ?? 0) + 1 : 0;
        return counter.calm >= calmFrames;
      },
      CALM_FRAMES,
      { polling: 'raf', timeout: limitMs },
    )
    .catch(async (error: unknown) => {
      const missing = await page
        .locator('main[data-settled=false], [aria-busy=true], [data-loading]')
        .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('aria-label') ?? node.tagName.toLowerCase()));
      throw new Error(`${what} is not settled: ${missing.join(', ')}`, { cause: error });
    });
}

/** Throws naming each serious fault and where it is; `except` leaves out what a selector finds. */
export async function assertAccessible(page: Page, what?: string, except?: string): Promise<void> {
  // Legacy: without a second, blank page for each look. That one is for frames of other origins, of which there are none.
  const axe = new AxeBuilder({ page }).setLegacyMode();
  await assertNoneSerious(except === undefined ? axe : axe.exclude(except), what);
}

/** Turns the page over to the other colours and looks at what depends on them. */
export async function assertContrastInDark(page: Page, what?: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-theme=dark]').waitFor({ state: 'attached' });
  // Colours on their way from light to dark are nobody's.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((each) => each instanceof CSSTransition)
        .map((each) => each.finished),
    ),
  );
  await assertNoneSerious(new AxeBuilder({ page }).setLegacyMode().withRules(['color-contrast']), what);
}

async function assertNoneSerious(axe: AxeBuilder, what?: string): Promise<void> {
  const { violations } = await axe.analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`),
    [],
    what,
  );
}

export async function assertFits(page: Page, what = page.url()): Promise<void> {
  const overflowPx = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflowPx <= 0, `${what} is ${overflowPx} px too wide`);
}
