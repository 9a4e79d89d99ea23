// A worker for the tests of supervisor.ts: its label says how it behaves.
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerStart } from '../worker-messages.ts';

const { label } = workerData as WorkerStart;
const say = (message: FromWorker) => parentPort?.postMessage(message);
if (label === 'dies while loading') throw new Error('planted at load');

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'stop') {
    if (label === 'ignores stop') return;
    say({ type: 'stopped' });
    process.exit(0);
  }
  if (label === 'refuses') return say({ type: 'failed', message: 'port 1 is taken', code: 'EADDRINUSE' });
  if (label === 'never ready') return;
  say({ type: 'log', line: { level: 'info', label, message: `started node ${message.options.nodeId}` } });
  say({ type: 'ready', address: { host: '127.0.0.1', port: 7 } });
  if (label === 'dies later') {
    setImmediate(() => {
      throw new Error('planted later');
    });
  }
});
