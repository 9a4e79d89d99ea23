import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabNodeRow } from '../../server/live/contract.ts';
import { blastRadius, verbsFor } from './verbs.ts';

const broker = (more: Partial<LabNodeRow> = {}): LabNodeRow => ({
  id: 2,
  role: 'broker',
  state: 'running',
  sinceMs: 0,
  reason: null,
  address: '127.0.0.1:9093',
  rack: null,
  slowDisk: null,
  leaders: 4,
  replicas: 6,
  onlyReplicas: 1,
  ...more,
});

test('[LAB-13] only what fits the state of a node is offered, and the controller is never wiped', () => {
  assert.deepEqual(verbsFor(broker()), ['stop', 'kill', 'freeze', 'restart', 'wipe']);
  assert.deepEqual(verbsFor(broker({ state: 'frozen' })), ['thaw', 'stop', 'kill']);
  assert.deepEqual(verbsFor(broker({ state: 'failed' })), ['start', 'wipe']);
  assert.deepEqual(verbsFor(broker({ state: 'stopping' })), ['kill']);
  assert.deepEqual(verbsFor(broker({ role: 'controller', state: 'stopped' })), ['start']);
});

test('[LAB-14] a confirmation names the leaders and the partitions that only this broker holds', () => {
  assert.deepEqual(blastRadius('kill', broker()), [
    'It leads 4 partitions.',
    'It holds the only replica in sync of 1 partition: nobody can read or write it until it is back.',
  ]);
  assert.match(
    blastRadius('wipe', broker({ onlyReplicas: 2 })).join(' '),
    /2 partitions: their records are lost for good/,
  );
  assert.deepEqual(blastRadius('stop', broker({ leaders: 0, onlyReplicas: 0 })), ['It leads no partition.']);
  assert.match(blastRadius('stop', broker({ leaders: null })).join(' '), /not known/);
  assert.match(blastRadius('kill', broker({ role: 'controller' })).join(' '), /nobody elects/);
});
