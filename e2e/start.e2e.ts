// The program as a whole: ready line, health, first page, and the way it ends.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { startServer } from './support/server.ts';

test('[MAIN-4] it gets ready, says so as a line and as health, serves a page, ends with 0 and removes ephemeral data', async () => {
  const server = await startServer({ brokers: 1 });
  try {
    const health = await (await fetch(`${server.url}/api/health`)).json();
    assert.equal(health.status, 'ready');
    assert.equal(health.address, server.url);
    assert.deepEqual(health.bootstrapServers, server.bootstrapServers.split(','));
    for (const word of [health.address, ...health.bootstrapServers, health.dataDir, `${health.readyMs} ms`]) {
      assert.ok(server.output().includes(word), `the ready line names ${word}`);
    }
    assert.ok(existsSync(health.dataDir));
    const page = await fetch(server.url);
    assert.equal(page.status, 200);
    assert.match(await page.text(), /<html/);
    const icon = await fetch(`${server.url}/favicon.ico`);
    assert.equal(icon.status, 200, 'browsers ask for it by themselves');
    assert.equal(icon.headers.get('content-type'), 'image/svg+xml');
    await server.stop();
    assert.ok(!existsSync(health.dataDir), 'ephemeral data is removed');
  } finally {
    await server.kill();
  }
});

test('[MAIN-5] it serves the dashboard over a cluster that does not answer', async () => {
  const server = await startServer({ flags: ['--bootstrap-servers', '127.0.0.1:1'] });
  try {
    assert.equal((await fetch(server.url)).status, 200);
    await server.stop();
  } finally {
    await server.kill();
  }
});
