// When the other side is not there: every page says why and fills by itself once brokers come up; a page goes on without a reload
// after its server was killed and started again on the same data; a page that fails while it draws says so.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import type { Browser, Page } from 'playwright';
import { connectLive } from './chaos/live-client.ts';
import { until } from './interop/support.ts';
import { launchBrowser } from './support/browser.ts';
import { freePorts, startServer } from './support/server.ts';

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
});

/** Path, and what is there once the cluster answers. */
const pages: readonly (readonly [string, string])[] = [
  ['', '[data-testid=broker-card]'],
  ['/topics', '[data-testid=topic-row]'],
  ['/topics/orders', '[data-testid=message-row]'],
  ['/topics/orders/partitions', '[data-testid=partition-row]'],
  ['/topics/orders/groups', '[data-testid=group-row]'],
  ['/topics/orders/config', '[data-testid=config-row]'],
  ['/topics/orders/m/0/0', '[data-testid=record-detail]'],
  ['/groups', '[data-testid=group-row]'],
  ['/groups/billing', '[data-testid=lag-row]'],
  ['/brokers', '[data-testid=broker-row]'],
  ['/brokers/1', '[data-testid=config-row]'],
  ['/quotas', '[data-testid=quota-row]'],
  ['/users', '[data-testid=user-row]'],
];

async function fill(bootstrapServers: string): Promise<void> {
  const kafka = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 1 }], waitForLeaders: true });
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ value: 'first' }] });
  await producer.disconnect();
  await admin.setOffsets({ groupId: 'billing', topic: 'orders', partitions: [{ partition: 0, offset: '0' }] });
  await admin.disconnect();
}

/** A quota and a user. */
async function fillAccess(url: string): Promise<void> {
  const live = await connectLive(url);
  const entity = [{ type: 'client-id', name: 'orders-app' }] as const;
  await live.call('quota.alter', { entity, limits: { producer_byte_rate: 1_000_000 }, expected: {} });
  const args = { mechanisms: ['SCRAM-SHA-512'], iterations: 4_096, password: 'of no interest here' } as const;
  await live.call('user.setPassword', { ...args, name: 'alice', isNew: true });
  live.close();
}

test('[E2E-16] every page over an unreachable cluster says why, claims nothing, and fills by itself when brokers come up', async () => {
  const port = await freePorts(1);
  const dashboard = await startServer({ flags: ['--bootstrap-servers', `127.0.0.1:${port}`] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const open: { page: Page; path: string; there: string; loads: number }[] = [];
  try {
    for (const [path, there] of pages) {
      const page = await context.newPage();
      const entry = { page, path, there, loads: 0 };
      page.on('load', () => entry.loads++);
      await page.goto(`${dashboard.url}/c/external${path}`);
      await page
        .locator('main')
        .getByText(/connection refused/)
        .first()
        .waitFor({ timeout: 20_000 });
      const text = await page.locator('main').innerText();
      for (const claim of [/no topics yet/i, /No group reads/i, /There is no /i, /0 of 0/])
        assert.doesNotMatch(text, claim, path);
      open.push(entry);
    }
    const cluster = await startServer({ brokers: 1, flags: ['--kafka-port', String(port)] });
    try {
      // The brokers are there before the topic is: what a page says of that must not be its last word.
      for (const { page, path } of open.filter(({ path }) => path.startsWith('/topics/orders')))
        await page
          .getByText(/There is no topic [“"]orders[”"]/)
          .first()
          .waitFor({ timeout: 30_000 })
          .catch((error: unknown) => {
            throw new Error(`${path} does not say that the topic is missing`, { cause: error });
          });
      await fill(cluster.bootstrapServers);
      await fillAccess(cluster.url);
      for (const { page, path, there, loads } of open) {
        await page
          .locator(there)
          .first()
          .waitFor({ timeout: 30_000 })
          .catch((error: unknown) => {
            throw new Error(`${path} did not recover`, { cause: error });
          });
        await until(
          `${path} is free of the reason`,
          15_000,
          async () => !/connection refused/.test(await page.locator('main').innerText()),
        );
        assert.equal(loads, 1, `${path} was loaded again`);
      }
    } finally {
      await cluster.stop();
    }
  } finally {
    await context.close();
    await dashboard.stop();
  }
});

test('[E2E-17] after the server was killed and started again on the same data, an open page goes on without a reload, and a link followed meanwhile opens', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'barnabas-recovery-'));
  const httpPort = await freePorts(2);
  const kafkaPort = httpPort + 1;
  const flags = ['--http-port', String(httpPort), '--kafka-port', String(kafkaPort)];
  let server = await startServer({ brokers: 1, dataDir, flags });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    await fill(server.bootstrapServers);
    const page = await context.newPage();
    let loads = 0;
    page.on('load', () => loads++);
    await page.goto(`${server.url}/c/local/topics/orders/partitions`);
    const records = () => page.getByTestId('topic-records').getAttribute('data-value', { timeout: 1_000 });
    await until('one record', 15_000, async () => (await records()) === '1');
    await server.kill();
    await page.locator('[data-lost=true]').waitFor();
    // The browser's own error page must not take the place of this one.
    await page.getByRole('link', { name: 'Messages' }).click();
    await page.getByText('The server does not answer').waitFor();
    assert.match(page.url(), /\/partitions$/);
    server = await startServer({ brokers: 1, dataDir, flags });
    await page.locator('[data-lost=false]').waitFor({ timeout: 20_000 });
    await page.waitForURL(/\/topics\/orders$/, { timeout: 20_000 });
    await page.getByTestId('message-row').first().waitFor();
    assert.equal(await page.getByText('The server does not answer').count(), 0);
    const kafka = new Kafka({ brokers: server.bootstrapServers.split(','), logLevel: logLevel.NOTHING });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'orders', messages: [{ value: 'second' }, { value: 'third' }] });
    await producer.disconnect();
    await until('three records', 20_000, async () => (await records()) === '3');
    assert.equal(loads, 1, 'the page was loaded again');
  } finally {
    await context.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

test('[E2E-18] a page that fails while it draws says so and can be tried again, and so does the whole dashboard', async () => {
  const server = await startServer({ brokers: 1 });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    let isBroken = true;
    /** Between browser and server: breaks what the server says in ways it never would. */
    await page.routeWebSocket(/\/live$/, (socket) => {
      const upstream = socket.connectToServer();
      upstream.onMessage((text) => {
        const message = JSON.parse(String(text));
        if (isBroken)
          for (const item of message.items ?? []) if (item.kind === 'snapshot') item.data = { freshness: {} };
        socket.send(JSON.stringify(message));
      });
    });
    await page.goto(`${server.url}/c/local/brokers`);
    await page.getByText('This page failed while it drew').waitFor({ timeout: 20_000 });
    await page.getByRole('link', { name: 'Topics', exact: true }).first().waitFor();
    isBroken = false;
    await page.getByRole('link', { name: 'Topics', exact: true }).first().click();
    await page.getByRole('heading', { name: 'Topics', exact: true }).waitFor();

    const whole = await context.newPage();
    await whole.routeWebSocket(/\/live$/, (socket) => {
      const upstream = socket.connectToServer();
      upstream.onMessage((text) => {
        const message = JSON.parse(String(text));
        if (message.type === 'hello') message.clusters = 7;
        socket.send(JSON.stringify(message));
      });
    });
    await whole.goto(`${server.url}/c/local/brokers`);
    await whole.getByText('This page failed while it drew the dashboard').waitFor({ timeout: 20_000 });
    await whole.getByRole('button', { name: 'Try again' }).waitFor();
  } finally {
    await context.close();
    await server.stop();
  }
});
