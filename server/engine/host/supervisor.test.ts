import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeOptions } from '../node.ts';
import { NodeStartError, NodeThread } from './supervisor.ts';

const entry = new URL('./testing/fake-node.ts', import.meta.url);
const options: NodeOptions = {
  nodeId: 5,
  clusterId: 'AAAAAAAAAAAAAAAAAAAAAQ',
  listen: { host: '127.0.0.1', port: 0 },
  folder: '/nowhere',
  settings: {},
};

function start(label: string) {
  const lines: string[] = [];
  const down = Promise.withResolvers<string>();
  const thread = new NodeThread({
    role: 'broker',
    label,
    logLevel: 'info',
    entry,
    onLog: (line) => lines.push(`${line.level} ${line.label}: ${line.message}`),
    onDown: (reason) => down.resolve(reason),
  });
  return { thread, lines, down: down.promise };
}
const startError = (message: RegExp, code: string | null) => (error: unknown) =>
  error instanceof NodeStartError && message.test(error.message) && error.code === code;

test('[SUP-1] a node starts with its options, hands its log lines on and stops', async () => {
  const { thread, lines } = start('well behaved');
  assert.deepEqual(await thread.start(options, 10_000), { host: '127.0.0.1', port: 7 });
  assert.equal(thread.isRunning, true);
  assert.deepEqual(lines, ['info well behaved: started node 5']);
  await thread.stop(1_000);
  assert.equal(thread.isRunning, false);
  await thread.stop(1_000);
});

test('[SUP-2] a node that refuses to start says why, with its code', async () => {
  const { thread } = start('refuses');
  await assert.rejects(thread.start(options, 10_000), startError(/port 1 is taken/, 'EADDRINUSE'));
  await thread.stop(1_000);
});

test('[SUP-2] a thread that dies while loading fails the start', async () => {
  const { thread } = start('dies while loading');
  await assert.rejects(thread.start(options, 10_000), startError(/ended unexpectedly: .*planted at load/s, null));
});

test('[SUP-2] a node that is never ready fails the start when its time is over', async () => {
  const { thread } = start('never ready');
  await assert.rejects(thread.start(options, 50), startError(/not ready within 50 ms/, 'ETIMEDOUT'));
  await thread.stop(1_000);
});

test('[SUP-3] a node that ends on its own is reported as down with the reason', async () => {
  const { thread, down } = start('dies later');
  await thread.start(options, 10_000);
  assert.match(await down, /planted later/);
  assert.equal(thread.isRunning, false);
  await thread.stop(1_000);
});

test('[SUP-4] a node that ignores stop is ended after its time and a second', async () => {
  const { thread, lines } = start('ignores stop');
  await thread.start(options, 10_000);
  await thread.stop(1);
  assert.match(lines.at(-1) ?? '', /^warn ignores stop: did not stop within 1 ms and was ended/);
});

test('[SUP-4] stopping while starting rejects the start', async () => {
  const { thread } = start('never ready');
  const started = assert.rejects(thread.start(options, 10_000), startError(/stopped while starting/, null));
  await thread.stop(1_000);
  await started;
});

test('[SUP-5] kill ends a node at once, and that is not reported as its fall', async () => {
  const { thread, down } = start('ignores stop');
  let isDown = false;
  void down.then(() => {
    isDown = true;
  });
  await thread.start(options, 10_000);
  await thread.kill();
  await thread.stop(1_000);
  assert.deepEqual([thread.isRunning, isDown], [false, false]);
});

test('[SUP-6] a frozen node stands still until it is thawed, and can be stopped or killed as it stands', async () => {
  const { thread, lines } = start('well behaved');
  await thread.start(options, 10_000);
  assert.equal(await thread.freeze(), true);
  assert.deepEqual(lines, ['info well behaved: started node 5'], 'nothing runs');
  thread.thaw();
  while (!lines.includes('info well behaved: thawed')) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await thread.freeze(), true);
  await thread.stop(1_000);
  assert.deepEqual([await thread.freeze(), thread.isRunning], [false, false], 'what is gone does not freeze');

  const other = start('well behaved').thread;
  await other.start(options, 10_000);
  assert.equal(await other.freeze(), true);
  await other.kill();
  assert.equal(other.isRunning, false);
});

test('[SUP-10] a node that goes to sleep late sleeps through no thaw: it can be frozen again at once', async (t) => {
  const { thread } = start('is slow to stand still');
  t.after(() => thread.kill());
  await thread.start(options, 10_000);
  for (let round = 0; round < 3; round += 1) {
    assert.equal(await thread.freeze(), true, `freeze ${round}`);
    thread.thaw();
  }
});
