import assert from 'node:assert/strict';
import test from 'node:test';
import { ClusterError } from '../gateway/gateway.ts';
import { FakeGateway } from './fake-gateway.ts';
import { peek } from './peek.ts';

test('[LIVE-25] peek gives the reading that is there, waits for the first one, and always lets go', async () => {
  const gateway = new FakeGateway();
  const waiting = peek(gateway, 'brokers', {}, 10_000);
  gateway.publish('brokers', { n: 1 });
  assert.deepEqual(await waiting, { n: 1 });
  assert.deepEqual(await peek(gateway, 'brokers', {}, 10_000), { n: 1 });
  assert.equal(gateway.views.size, 0);
});

test('[LIVE-25] peek gives null when time is up, the view breaks or the gateway refuses', async () => {
  const gateway = new FakeGateway();
  assert.equal(await peek(gateway, 'traffic', {}, 1), null);
  const broken = peek(gateway, 'topic', { name: 'a' }, 10_000);
  gateway.breakView('topic:a', new ClusterError('X', 'x'));
  assert.equal(await broken, null);
  gateway.refusal = new Error('no');
  assert.equal(await peek(gateway, 'brokers', {}, 10_000), null);
  assert.equal(gateway.views.size, 0);
});
