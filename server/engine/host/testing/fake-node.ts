// A worker for the tests of supervisor.ts: its label says how it behaves.
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerGiven } from '../worker-messages.ts';

const { label, frozenCell } = workerData as WorkerGiven;
const say = (message: FromWorker) => parentPort?.postMessage(message);
const delay = (durationMs: number) =>
  void Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, durationMs);
if (label === 'dies while loading') throw new Error('planted at load');

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'stop') {
    if (label === 'ignores stop') return;
    say({ type: 'stopped' });
    process.exit(0);
  }
  if (message.type === 'freeze') {
    if (label === 'ignores freeze') return;
    say({ type: 'frozen', number: message.number });
    if (label === 'is slow to stand still') delay(200);
    Atomics.wait(frozenCell, 0, message.number);
    return say({ type: 'log', line: { level: 'info', label, message: 'thawed' } });
  }
  if (message.type === 'faults') return;
  if (message.type === 'clients') return label === 'ignores questions' ? undefined : say({ ...message, rows: [] });
  if (label === 'refuses') return say({ type: 'failed', message: 'port 1 is taken', code: 'EADDRINUSE' });
  if (label === 'never ready') return;
  say({ type: 'log', line: { level: 'info', label, message: `started node ${message.options.nodeId}` } });
  if (label === 'echoes its port') {
    say({ type: 'log', line: { level: 'info', label, message: `wanted port ${message.options.listen.port}` } });
  }
  say({ type: 'ready', address: { host: '127.0.0.1', port: 7 } });
  if (label === 'dies later') {
    setImmediate(() => {
      throw new Error('planted later');
    });
  }
});
