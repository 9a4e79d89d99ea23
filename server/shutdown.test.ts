import assert from 'node:assert/strict';
import test from 'node:test';
import { createLog } from './log.ts';
import { stopAll } from './shutdown.ts';

test('[STOP-1] parts stop newest first, and one that fails does not keep the others', async () => {
  const stopped: string[] = [];
  const problems: string[] = [];
  const part = (name: string, fails = false) => ({
    name,
    stop: async () => {
      stopped.push(name);
      if (fails) throw new Error('stuck');
    },
  });
  const parts = [part('a'), part('b', true), part('c')];
  const isClean = await stopAll(parts, { limitMs: 60_000, onProblem: (line) => problems.push(line) });
  assert.deepEqual([stopped, isClean, parts], [['c', 'b', 'a'], false, []]);
  assert.deepEqual(problems, ['b did not stop cleanly: stuck']);
});

test('[STOP-2] a part that never stops is given up on, by name', async () => {
  const problems: string[] = [];
  const parts = [{ name: 'engine', stop: () => new Promise<void>(() => undefined) }];
  assert.equal(await stopAll(parts, { limitMs: 1, onProblem: (line) => problems.push(line) }), false);
  assert.match(problems[0] ?? '', /^engine did not stop within 1 ms/);
});

test('[CFG-13] --log-level prints its own level and the more important ones, errors and warnings to stderr', () => {
  const lines: string[] = [];
  const sinks = { out: (line: string) => lines.push(`out ${line}`), err: (line: string) => lines.push(`err ${line}`) };
  for (const level of ['error', 'warn', 'info', 'debug'] as const) {
    const log = createLog(level, () => 0, sinks);
    for (const each of ['error', 'warn', 'info', 'debug'] as const) log[each](level, each);
  }
  assert.equal(lines.length, 1 + 2 + 3 + 4);
  assert.equal(lines[0], 'err 00:00:00.000 error error: error');
  assert.equal(lines.filter((line) => line.startsWith('out')).length, 1 + 2);
});
