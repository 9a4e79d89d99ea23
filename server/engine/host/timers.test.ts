import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { HeapTimers } from './timers.ts';

/** Node's own timers under a clock that the test moves. */
function start() {
  mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 0;
  const timers = new HeapTimers(() => nowMs);
  const advance = (ms: number) => {
    for (let i = 0; i < ms; i++) {
      nowMs++;
      mock.timers.tick(1);
    }
  };
  return { timers, advance, [Symbol.dispose]: () => mock.timers.reset() };
}

test('[HOST-8] timers run once, in order of time, never early, cancelled ones never', () => {
  using context = start();
  const { timers, advance } = context;
  const ran: string[] = [];
  timers.after(30, () => ran.push('c'));
  timers.after(10, () => {
    ran.push('a');
    timers.after(0, () => ran.push('after a'));
  });
  const cancel = timers.after(20, () => ran.push('never'));
  timers.after(20, () => ran.push('b'));
  cancel();
  cancel();
  advance(9);
  assert.deepEqual(ran, []);
  advance(1);
  assert.deepEqual(ran, ['a']);
  advance(40);
  assert.deepEqual(ran, ['a', 'after a', 'b', 'c']);
  assert.equal(timers.liveCount, 0);
});

test('[HOST-8] a timer that throws does not stop the others', () => {
  using context = start();
  const { timers, advance } = context;
  let hasRun = false;
  timers.after(1, () => {
    throw new Error('planted');
  });
  timers.after(1, () => {
    hasRun = true;
  });
  assert.throws(() => advance(1), /planted/);
  advance(3);
  assert.equal(hasRun, true);
});

test('[HOST-9] a hundred thousand cancelled timers are swept out', () => {
  using context = start();
  const { timers, advance } = context;
  let runs = 0;
  timers.after(5_000_000_000, () => runs++);
  timers.after(2, () => runs++);
  for (let i = 0; i < 100_000; i++) timers.after(1_000_000 + i, () => runs++)();
  assert.equal(timers.liveCount, 2);
  advance(2);
  assert.equal(runs, 1);
});
