import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { DESCRIBE_CLIENT_QUOTAS } from '../../client/apis.ts';
import { ClusterError } from '../../client/errors.ts';
import { GatewayContext } from '../context.ts';
import { Polled } from './polled.ts';

function contextOf(brokers: number, answer: (brokerPort: number) => Promise<unknown>): GatewayContext {
  const context = new GatewayContext({
    clusterId: 'c',
    name: 'c',
    mode: 'external',
    bootstrapServers: ['127.0.0.1:1'],
    log: () => undefined,
  });
  const nodes = Array.from({ length: brokers }, (_, index) => ({
    id: index + 1,
    host: 'h',
    port: index + 1,
    rack: null,
  }));
  context.metadata.brokers = new Map(nodes.map((node) => [node.id, node]));
  context.metadata.fresh = async () => undefined;
  context.connections.request = async <Args extends unknown[], Response>(
    endpoint: { readonly port: number },
    _lane: unknown,
    _family: unknown,
    ..._args: Args
  ) => (await answer(endpoint.port)) as Response;
  return context;
}
const ask = (context: GatewayContext) => context.client.askAny(DESCRIBE_CLIENT_QUOTAS, [], false);

test('[QTG-6] a broker that is silent or gone is left for the next one; what none can do is told at once', async () => {
  const asked: number[] = [];
  const answers = contextOf(3, async (port) => {
    asked.push(port);
    if (port === 1) return new Promise(() => undefined);
    if (port === 2) throw new ClusterError('DISCONNECTED', 'gone', { isRetriable: true });
    return 'told';
  });
  assert.equal(await ask(answers), 'told');
  assert.deepEqual(asked, [1, 2, 3]);
  answers.suspects.set(1, 0);
  asked.length = 0;
  await ask(answers);
  assert.deepEqual(asked, [2, 3], 'who was silent comes last');
  let times = 0;
  const cannot = contextOf(3, async () => {
    times += 1;
    throw new ClusterError('UNSUPPORTED_VERSION', 'too old');
  });
  await assert.rejects(ask(cannot), /too old/);
  assert.equal(times, 1);
});

test('[QTG-7] the newest answer stays while reading fails, with the reason, and nobody is asked while nobody looks; who looks again much later sees nothing old', async () => {
  const context = contextOf(1, async () => null);
  let reads = 0;
  let changed: () => void = () => undefined;
  const change = () =>
    new Promise<void>((resolve) => {
      changed = resolve;
    });
  const polled = new Polled(context, {
    intervalMs: 1,
    failed: 'Reading failed',
    read: async () => {
      reads += 1;
      if (reads === 2) throw new ClusterError('X', 'no right to read.');
      if (reads === 3) throw new ClusterError('X', 'Reading failed: no right to read.');
      return reads;
    },
    onChange: () => changed(),
  });
  polled.refreshNow();
  // Timers that are due go first: the reading that must not be would be over.
  await setTimeout(10);
  assert.ok(reads === 0 && polled.isBlank);
  let next = change();
  const isOver = polled.watchBegan();
  await next;
  assert.deepEqual([polled.value, polled.problems], [1, []]);
  for (const _ of [2, 3]) {
    next = change();
    await next;
    assert.equal(polled.value, 1);
    assert.deepEqual(polled.problems, [{ brokerId: null, sentence: 'Reading failed: no right to read.' }]);
  }
  next = change();
  await next;
  assert.deepEqual([polled.value, polled.problems], [4, []]);
  isOver();
  await setTimeout(10);
  // Who looks again so much later is not shown what was so then.
  const isOverAgain = polled.watchBegan();
  assert.ok(polled.isBlank && polled.freshness.sampledAtMs === null);
  isOverAgain();
  await polled.close();
});
