// librdkafka, by way of kcat. Where kcat is not installed the file says so and checks nothing: Debian's package is `kcat`.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type RunningServer, startServer } from '../support/server.ts';
import { isInstalled, run } from './support.ts';

const LINES = 1_000_000;
const hasKcat = isInstalled('kcat');
if (!hasKcat) console.log('kcat is not installed: its tests are not run (Debian: apt-get install kcat)');

if (hasKcat) {
  let server: RunningServer;
  const folder = mkdtempSync(join(tmpdir(), 'barnabas-kcat-'));
  const file = join(folder, 'lines.txt');
  before(async () => {
    server = await startServer();
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const kcat = (...args: string[]) => run('kcat', ['-b', server.bootstrapServers, ...args], { timeoutMs: 120_000 });

  test('[IOP-1] kcat pipes a million lines into a topic and reads them back byte for byte', async () => {
    const lines = Array.from({ length: LINES }, (_, i) => `${i} ${(i * 2654435761) % 4294967296}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    const written = await run('kcat', ['-b', server.bootstrapServers, '-P', '-t', 'lines', '-p', '0'], {
      inputFile: file,
      timeoutMs: 120_000,
    });
    assert.equal(written.code, 0, written.stderr);
    const read = await kcat('-C', '-t', 'lines', '-o', 'beginning', '-e', '-q');
    assert.equal(read.code, 0, read.stderr);
    assert.ok(read.stdout.equals(readFileSync(file)), `${read.stdout.length} bytes came back`);
  });

  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
    test(`[IOP-2] ${codec} batches of an idempotent producer come back`, async () => {
      const small = join(folder, `${codec}.txt`);
      writeFileSync(small, Array.from({ length: 5000 }, (_, i) => `line ${i} of some text\n`).join(''));
      const args = [
        '-b',
        server.bootstrapServers,
        '-P',
        '-t',
        `codec-${codec}`,
        '-z',
        codec,
        '-X',
        'enable.idempotence=true',
      ];
      const written = await run('kcat', args, { inputFile: small });
      assert.equal(written.code, 0, written.stderr);
      const read = await kcat('-C', '-t', `codec-${codec}`, '-o', 'beginning', '-e', '-q');
      assert.ok(read.stdout.equals(readFileSync(small)));
    });
  }

  test('[IOP-3] kcat lists three brokers and looks offsets up by time', async () => {
    const listed = await kcat('-L');
    assert.match(listed.stdout.toString(), /3 brokers:/);
    const query = await kcat('-Q', '-t', `lines:0:${Date.now() - 3_600_000}`);
    assert.match(query.stdout.toString(), /lines \[0\] offset 0/);
  });
}
