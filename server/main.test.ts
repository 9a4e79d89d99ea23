// The program itself, started the wrong way: what a person at a terminal gets to read. The right way is tested in e2e/.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';

async function start(...flags: string[]) {
  const args = ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'main.ts'), ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.out += String(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.err += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...text };
}

const external = ['--bootstrap-servers', '127.0.0.1:1', '--http-port', '0'];

for (const [flags, expected] of [
  [['--htpp-port', '1'], /^barnabas: unknown flag --htpp-port: did you mean --http-port\?.*\n$/],
  [['--brokers', '0'], /^barnabas: --brokers is "0": it must be a whole number from 1 to 16.*\n$/],
  [[...external, '--host', '192.0.2.1'], /^barnabas: 192\.0\.2\.1 is not an address of this machine.*\n$/],
  [
    ['--http-port', '0', '--data-dir', import.meta.filename],
    /^barnabas: the data folder .* cannot be made .*--data-dir\n$/,
  ],
] as const) {
  test(`[MAIN-1] ${flags.join(' ').slice(0, 40)} ends with exit code 1 and one line that says how to mend it`, async () => {
    const { code, out, err } = await start(...flags);
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, expected);
  });
}

test('[MAIN-2] a taken dashboard port ends with exit code 1 and one line', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const { code, err } = await start('--bootstrap-servers', '127.0.0.1:1', '--http-port', String(port));
  assert.equal(code, 1);
  assert.match(err, new RegExp(`^barnabas: port ${port} on 127\\.0\\.0\\.1 is taken.*--http-port\\n$`));
});

test('[MAIN-3] --help and --version print and end with exit code 0', async () => {
  const [help, version] = await Promise.all([start('--help'), start('--version')]);
  assert.equal(help.code, 0);
  assert.match(help.out, /--bootstrap-servers/);
  assert.deepEqual(version, { code: 0, out: version.out, err: '' });
  assert.match(version.out, /^barnabas \d+\.\d+\.\d+\n$/);
});
