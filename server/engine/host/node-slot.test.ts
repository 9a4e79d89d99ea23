import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeOptions } from '../node.ts';
import { NodeSlot, NodeStateError } from './node-slot.ts';
import { NodeStartError } from './supervisor.ts';

const entry = new URL('./testing/fake-node.ts', import.meta.url);
const options: NodeOptions = {
  nodeId: 5,
  clusterId: 'AAAAAAAAAAAAAAAAAAAAAQ',
  listen: { host: '127.0.0.1', port: 0 },
  folder: '/nowhere',
  settings: {},
};

function slotOf(label: string) {
  const states: string[] = [];
  const lines: string[] = [];
  const settled = Promise.withResolvers<void>();
  const slot = new NodeSlot({
    id: 5,
    role: 'broker',
    label,
    logLevel: 'info',
    entry,
    onLog: ({ level, message }) => lines.push(`${level}: ${message}`),
    onChange: ({ state, reason }) => {
      states.push(reason === null ? state : `${state}: ${reason.split('\n')[0]}`);
      if (state === 'failed') settled.resolve();
    },
  });
  return { slot, states, lines, failed: settled.promise };
}
const refused = (text: RegExp) => (error: unknown) => error instanceof NodeStateError && text.test(error.message);

test('[SUP-7] a node is stopped, killed, frozen, thawed and started again, on the port it had', async (t) => {
  const { slot, states, lines } = slotOf('echoes its port');
  t.after(() => slot.close(1_000));
  assert.deepEqual([slot.state, slot.address], ['stopped', null]);
  await slot.start(options, 10_000);
  await slot.stop(1_000);
  await slot.start(options, 10_000);
  await slot.kill();
  await slot.start(options, 10_000);
  await slot.freeze();
  assert.equal(slot.state, 'frozen');
  slot.thaw();
  await slot.freeze();
  await slot.kill();
  await slot.close(1_000);
  assert.deepEqual(
    lines.filter((line) => line.includes('wanted')),
    ['info: wanted port 0', 'info: wanted port 7', 'info: wanted port 7'],
  );
  const life = ['starting', 'running'];
  assert.deepEqual(states, [
    ...[...life, 'stopping', 'stopped: stopped'],
    ...[...life, 'stopping', 'stopped: killed'],
    ...[...life, 'frozen', 'running', 'frozen', 'stopping', 'stopped: killed'],
    ...['stopping', 'stopped: stopped'],
  ]);
});

test('[SUP-8] a node that fell by itself is failed with its reason, and starts again', async () => {
  const { slot, failed, lines } = slotOf('dies later');
  await slot.start(options, 10_000);
  await failed;
  assert.equal(slot.state, 'failed');
  assert.match(slot.reason ?? '', /planted later/);
  assert.match(lines.at(-1) ?? '', /^error: ended unexpectedly: .*planted later/);
  await slot.start(options, 10_000);
  await slot.close(1_000);
});

test('[SUP-8] a node that cannot start is failed with the reason, and killing one that starts ends the start', async () => {
  const refusing = slotOf('refuses');
  await assert.rejects(refusing.slot.start(options, 10_000), NodeStartError);
  assert.deepEqual(refusing.states, ['starting', 'failed: port 1 is taken']);
  await refusing.slot.close(1_000);
  const slow = slotOf('never ready');
  const start = assert.rejects(slow.slot.start(options, 10_000), NodeStartError);
  await slow.slot.kill();
  await start;
  assert.deepEqual(slow.states, ['starting', 'stopping', 'stopped: killed']);
});

test('[SUP-9] what does not fit the state of a node is refused with a sentence, and changes nothing', async () => {
  const { slot } = slotOf('well behaved');
  await assert.rejects(slot.stop(1_000), refused(/^well behaved cannot be stopped while it is stopped$/));
  await assert.rejects(slot.kill(), refused(/cannot be killed while it is stopped/));
  await assert.rejects(slot.freeze(), refused(/cannot be frozen/));
  await slot.start(options, 10_000);
  await assert.rejects(slot.start(options, 10_000), refused(/cannot be started while it is running/));
  assert.throws(() => slot.thaw(), refused(/cannot be thawed while it is running/));
  assert.equal(slot.state, 'running');
  await slot.close(1_000);
});
