import assert from 'node:assert/strict';
import test from 'node:test';
import { ClusterError } from '../gateway/gateway.ts';
import type { LabControl } from '../lab/lab.ts';
import { runCall } from './calls.ts';
import type { LabView } from './contract.ts';
import { FakeGateway } from './fake-gateway.ts';
import { PRODUCTION_SENTENCE, withLab, withoutLab } from './with-lab.ts';

function build() {
  const done: string[] = [];
  const view = { events: [] } as unknown as LabView;
  const lab: LabControl = {
    act: async (verb, nodeId) => {
      if (nodeId === 9)
        throw Object.assign(new Error('broker 9 cannot be stopped while it is stopped'), { name: 'NodeStateError' });
      if (nodeId === 8) throw new Error('a secret of ours');
      done.push(`${verb} ${nodeId}`);
    },
    rollingRestart: () => 3,
    cancel: () => true,
    watch: () => ({ read: () => view, close: () => done.push('closed') }),
    clients: async () => [],
    addBroker: async () => 4,
    removeBroker: async (id) => void done.push(`remove ${id}`),
    setLink: (from, to, fault) => void done.push(`link ${from} ${to} ${fault?.kind}`),
    slowDisk: (id) => void done.push(`disk ${id}`),
    addFault: (order, durationMs) => {
      done.push(`fault ${order.api} ${durationMs}`);
      return 7;
    },
    endFault: () => false,
    endAllFaults: () => 2,
    close: async () => undefined,
  };
  const plain = new FakeGateway();
  return { gateway: withLab(plain, lab), lab, plain, done, view };
}

test('[LAB-10] lab calls reach the lab, refusals keep their words, and all else goes on to the gateway', async () => {
  const { gateway, plain, done } = build();
  const call = (name: string, args: unknown) => runCall(gateway, name, args, () => undefined);
  for (const verb of ['stop', 'kill', 'start', 'freeze', 'thaw', 'restart', 'wipe']) {
    assert.deepEqual(await call(`lab.${verb}`, { nodeId: 2 }), { ok: { nodeId: 2 } });
  }
  assert.deepEqual(done, ['stop 2', 'kill 2', 'start 2', 'freeze 2', 'thaw 2', 'restart 2', 'wipe 2']);
  assert.deepEqual(await call('lab.rollingRestart', {}), { ok: { brokers: 3 } });
  assert.deepEqual(await call('lab.cancel', {}), { ok: { wasRunning: true } });
  assert.deepEqual(await call('lab.addBroker', { rack: null }), { ok: { nodeId: 4 } });
  assert.deepEqual(await call('lab.removeBroker', { nodeId: 4 }), { ok: { nodeId: 4 } });
  const fault = { kind: 'cut', oneWay: true };
  assert.deepEqual(await call('lab.setLink', { from: 1, to: 2, fault }), { ok: { from: 1, to: 2 } });
  assert.deepEqual(await call('lab.slowDisk', { nodeId: 1, disk: null }), { ok: { nodeId: 1 } });
  const rule = { clientId: '*', api: 'Fetch', topic: null, action: { kind: 'drop' }, times: 1, durationSeconds: 60 };
  assert.deepEqual(await call('lab.addFault', rule), { ok: { id: 7 } });
  const tooLong = await call('lab.addFault', { ...rule, durationSeconds: 3_601 });
  assert.ok('error' in tooLong && tooLong.error.name === 'INVALID_ARGUMENT');
  assert.deepEqual(await call('lab.endFault', { id: 7 }), { ok: { wasInForce: false } });
  assert.deepEqual(await call('lab.endAllFaults', {}), { ok: { ended: 2 } });
  assert.deepEqual(done.splice(7), ['remove 4', 'link 1 2 cut', 'disk 1', 'fault Fetch 60000']);
  const refused = await call('lab.stop', { nodeId: 9 });
  assert.deepEqual(refused, {
    error: {
      code: 0,
      name: 'LAB_REFUSED',
      message: 'Broker 9 cannot be stopped while it is stopped.',
      retriable: false,
    },
  });
  const bug = await call('lab.stop', { nodeId: 8 });
  assert.ok('error' in bug && bug.error.name === 'INTERNAL' && !bug.error.message.includes('secret'));
  const wrong = await call('lab.kill', { nodeId: '2' });
  assert.ok('error' in wrong && wrong.error.name === 'INVALID_ARGUMENT');
  await call('search', { query: 'a' });
  assert.deepEqual(plain.calls, [{ name: 'search', args: { query: 'a' } }]);
});

test('[LAB-11] the lab channel is served beside the others, and the capability says so', () => {
  const { gateway, plain, done, view } = build();
  assert.deepEqual([plain.summary().capabilities.lab, gateway.summary().capabilities.lab], [false, true]);
  const watch = gateway.watch(
    'lab',
    {},
    () => undefined,
    () => undefined,
  );
  assert.equal(watch.read(), view);
  watch.close();
  assert.deepEqual([done, plain.views.size], [['closed'], 0]);
  gateway.watch(
    'overview',
    {},
    () => undefined,
    () => undefined,
  );
  assert.equal(plain.views.size, 1);
});

test('[LAB-12] a gateway without a lab refuses its calls and its channel with a sentence', async () => {
  const { createGateway } = await import('../gateway/create.ts');
  const gateway = await createGateway({
    clusterId: 'x',
    name: 'x',
    mode: 'external',
    bootstrapServers: ['127.0.0.1:1'],
    log: () => undefined,
  });
  const isNoLab = (error: unknown) => error instanceof ClusterError && error.kind === 'NO_LAB';
  await assert.rejects(gateway.call('lab.kill', { nodeId: 1 }), isNoLab);
  assert.throws(
    () =>
      gateway.watch(
        'lab',
        {},
        () => undefined,
        () => undefined,
      ),
    isNoLab,
  );
  await gateway.close();
});

test('[LAB-15] a cluster marked production has no lab: the capability, its channel and each of its calls say so', async () => {
  const plain = new FakeGateway();
  const gateway = withoutLab(plain, PRODUCTION_SENTENCE);
  const { capabilities } = gateway.summary();
  assert.deepEqual([capabilities.lab, capabilities.whyNoLab], [false, PRODUCTION_SENTENCE]);
  const call = (name: string, args: unknown) => runCall(gateway, name, args, () => undefined);
  for (const verb of ['stop', 'kill', 'start', 'freeze', 'thaw', 'restart', 'wipe']) {
    const refused = await call(`lab.${verb}`, { nodeId: 1 });
    assert.deepEqual(refused, { error: { code: 0, name: 'NO_LAB', message: PRODUCTION_SENTENCE, retriable: false } });
  }
  const noWatch = () =>
    gateway.watch(
      'lab',
      {},
      () => undefined,
      () => undefined,
    );
  assert.throws(noWatch, (error) => error instanceof ClusterError && error.kind === 'NO_LAB');
  await call('search', { query: 'a' });
  assert.deepEqual(plain.calls, [{ name: 'search', args: { query: 'a' } }]);
});

test('[CON-6] the summary says what the cluster lacks, and without a lab the lab’s beside it', () => {
  const plain = new FakeGateway();
  const lacking = { 'quota.alter': 'The brokers of this cluster do not serve it.' };
  const summary = plain.summary();
  plain.summary = () => ({ ...summary, capabilities: { ...summary.capabilities, lacks: lacking } }) as typeof summary;
  assert.deepEqual(withLab(plain, build().lab).summary().capabilities.lacks, lacking);
  const { lacks } = withoutLab(plain, PRODUCTION_SENTENCE).summary().capabilities;
  assert.deepEqual([lacks['quota.alter'], lacks.lab], [lacking['quota.alter'], PRODUCTION_SENTENCE]);
  assert.deepEqual([lacks['lab.kill'], lacks['topic.delete']], [PRODUCTION_SENTENCE, undefined]);
});
