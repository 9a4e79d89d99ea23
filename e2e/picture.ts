// `npm run picture`: README's pictures. Starts the real program with test traffic on topics of a small shop, waits until the overview's
// charts have lines, and writes the page in light and in dark as it stands. Run by people after pages changed; no test depends on it.
// `--kafka-port 9192` takes other ports than Kafka's, which show in the picture.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { connectLive, type LiveClient } from './chaos/live-client.ts';
import { launchBrowser } from './support/browser.ts';
import { openPage, waitUntilSettled } from './support/page.ts';
import { startServer } from './support/server.ts';

const FOLDER = join(import.meta.dirname, '..', 'public', 'pictures');
const SIZE = { width: 1280, height: 800 };
/** For screens with two dots a pixel. */
const SCALE = 2;
const WEBP_QUALITY = 0.86;
const MOST_BYTES = 300_000;
const TRAFFIC_SECONDS = 600;
/** How long lines grow before the picture. */
const STEPS = 24;
const STEP_MS = 5_000;

const topics = [
  { topic: 'orders', partitions: 6, recordsPerSecond: 420, recordBytes: 640 },
  { topic: 'payments', partitions: 6, recordsPerSecond: 310, recordBytes: 380 },
  { topic: 'shipments', partitions: 3, recordsPerSecond: 120, recordBytes: 900 },
  { topic: 'inventory', partitions: 3, recordsPerSecond: 210, recordBytes: 260 },
  { topic: 'notifications', partitions: 3, recordsPerSecond: 65, recordBytes: 1_400 },
];
/** Page views come and go: its producer is started anew with another rate at each step. */
const wave = { topic: 'page-views', partitions: 6, recordBytes: 220 };
const groups = [
  { groupId: 'fulfilment', topic: 'orders', members: 3, recordsPerSecond: 0 },
  { groupId: 'fraud-check', topic: 'payments', members: 2, recordsPerSecond: 0 },
  { groupId: 'billing', topic: 'payments', members: 3, recordsPerSecond: 295 },
  { groupId: 'search-index', topic: 'inventory', members: 1, recordsPerSecond: 0 },
  { groupId: 'recommendations', topic: wave.topic, members: 3, recordsPerSecond: 1_250 },
];

async function begin(live: LiveClient): Promise<void> {
  for (const { topic, partitions } of [...topics, wave]) {
    await live.call('topic.create', { name: topic, partitions, replicationFactor: 3, configs: {} });
  }
  for (const { topic, recordsPerSecond, recordBytes } of topics) {
    const settings = { keys: 5_000, acks: -1, durationSeconds: TRAFFIC_SECONDS } as const;
    await live.call('traffic.startProducer', { topic, recordsPerSecond, recordBytes, ...settings });
  }
  for (const group of groups) await live.call('traffic.startConsumer', { ...group, durationSeconds: TRAFFIC_SECONDS });
}

/** Lines that rise and fall. Returns while the last producer still runs. */
async function makeWaves(live: LiveClient): Promise<void> {
  let running: string | null = null;
  for (let step = 0; step < STEPS; step++) {
    const recordsPerSecond = Math.round(1_450 - 850 * Math.cos(step / 2.8) + 150 * Math.sin(step * 1.3));
    const next = await live.call('traffic.startProducer', {
      topic: wave.topic,
      recordsPerSecond,
      recordBytes: wave.recordBytes,
      keys: 5_000,
      acks: 1,
      durationSeconds: TRAFFIC_SECONDS,
    });
    if (running !== null) await live.call('traffic.stop', { id: running });
    running = next.id;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

async function take(browser: Browser, url: string, colorScheme: 'light' | 'dark'): Promise<void> {
  const faults: string[] = [];
  // Less motion: what changed just now is not tinted.
  const page = await openPage(browser, { ...SIZE, colorScheme, scale: SCALE, reducedMotion: 'reduce' }, faults);
  await page.goto(`${url}/c/local`);
  await waitUntilSettled(page);
  await page.locator('[data-testid=chart-records] path.recharts-curve').first().waitFor();
  const picture = await asWebp(page, await page.screenshot({ animations: 'disabled', caret: 'hide' }));
  if (faults.length > 0) throw new Error(`the page is not well: ${faults.join('\n')}`);
  if (picture.length > MOST_BYTES) throw new Error(`overview-${colorScheme}.webp would have ${picture.length} bytes`);
  await writeFile(join(FOLDER, `overview-${colorScheme}.webp`), picture);
  console.log(`public/pictures/overview-${colorScheme}.webp: ${picture.length} bytes`);
  await page.context().close();
}

/** The browser compresses: nothing else here knows how. */
async function asWebp(page: Page, png: Buffer): Promise<Buffer> {
  const base64 = await page.evaluate(
    async ([source, quality]) => {
      const bytes = Uint8Array.from(atob(source), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
      const blob = await canvas.convertToBlob({ type: 'image/webp', quality });
      const written = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(written, (byte) => String.fromCharCode(byte)).join(''));
    },
    [png.toString('base64'), WEBP_QUALITY] as const,
  );
  return Buffer.from(base64, 'base64');
}

async function main(): Promise<void> {
  const port = process.argv[process.argv.indexOf('--kafka-port') + 1];
  const kafkaPort = process.argv.includes('--kafka-port') ? String(port) : '9092';
  await mkdir(FOLDER, { recursive: true });
  const server = await startServer({ flags: ['--kafka-port', kafkaPort] });
  const browser = await launchBrowser();
  try {
    const live = await connectLive(server.url);
    await begin(live);
    await makeWaves(live);
    for (const colorScheme of ['light', 'dark'] as const) await take(browser, server.url, colorScheme);
    live.close();
  } finally {
    await browser.close();
    await server.stop();
  }
}

await main();
