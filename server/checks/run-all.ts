// `npm test`: every check of the project in order, each with its heading and duration. It goes on after a failure, ends with
// "N passed, N failed" and exit code 1 if anything failed. Children are ended when it is interrupted or one takes too long.
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const bin = (name: string) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
const isWindows = process.platform === 'win32';

interface Step {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly limitMs: number;
}

interface Outcome {
  readonly title: string;
  readonly passed: number;
  readonly failed: number;
}

/** A run of the test runner over what `patterns` find, in their order and each file once; null when they find nothing. */
function tests(
  title: string,
  patterns: readonly string[],
  limits: { testMs: number; stepMs: number; atOnce?: number },
): Step | null {
  const files = [...new Set(patterns.flatMap((pattern) => globSync(pattern, { cwd: root }).sort()))];
  if (files.length === 0) return null;
  const options = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-reporter=spec',
    `--test-timeout=${limits.testMs}`,
    ...(limits.atOnce ? [`--test-concurrency=${limits.atOnce}`] : []),
  ];
  return { title, command: process.execPath, arguments: [...options, ...files], limitMs: limits.stepMs };
}

const minuteMs = 60_000;
const steps: readonly (Step | null)[] = [
  { title: 'types', command: bin('tsc'), arguments: ['--noEmit'], limitMs: 5 * minuteMs },
  {
    title: 'lint and format',
    command: bin('biome'),
    arguments: ['check', '--error-on-warnings'],
    limitMs: 5 * minuteMs,
  },
  {
    title: 'import law',
    command: process.execPath,
    arguments: [join(import.meta.dirname, 'import-law.ts')],
    limitMs: minuteMs,
  },
  {
    title: 'lock file is complete',
    command: 'npm',
    arguments: ['ci', '--dry-run', '--offline', '--no-audit', '--no-fund', '--loglevel=error'],
    limitMs: 5 * minuteMs,
  },
  tests('unit tests', ['server/**/*.test.ts', 'components/**/*.test.ts', 'app/**/*.test.ts'], {
    testMs: 2 * minuteMs,
    stepMs: 15 * minuteMs,
  }),
  tests('interop tests', ['e2e/interop/**/*.test.ts'], { testMs: 10 * minuteMs, stepMs: 30 * minuteMs, atOnce: 1 }),
  // The longest file first, so that the other half is not idle at the end.
  tests('browser tests', ['e2e/pages.e2e.ts', 'e2e/*.e2e.ts'], {
    testMs: 8 * minuteMs,
    stepMs: 25 * minuteMs,
    atOnce: 2,
  }),
];

let running: ChildProcess | null = null;

/** The whole group, so that servers and browsers started by tests end too. */
function endRunning(signal: NodeJS.Signals): void {
  if (running?.pid === undefined) return;
  try {
    process.kill(isWindows ? running.pid : -running.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function run(step: Step): Promise<Outcome> {
  const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
  console.log(`\n── ${step.title} ──`);
  const startedAtMs = performance.now();
  const child = spawn(step.command, step.arguments, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: isWindows,
    detached: !isWindows,
    env: { ...process.env, NODE_ENV: 'test' },
  });
  running = child;
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk);
    tail = (tail + String(chunk)).slice(-4_096);
  });
  const limit = setTimeout(() => {
    console.error(`${step.title}: stopped after ${step.limitMs / minuteMs} minutes`);
    endRunning('SIGKILL');
  }, step.limitMs);
  child.on('error', (error) => console.error(`${step.title}: ${step.command} could not be run (${error.message})`));
  child.on('close', (code) => {
    clearTimeout(limit);
    running = null;
    const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
    console.log(`${code === 0 ? 'ok' : 'FAILED'}: ${step.title} (${seconds} s)`);
    settle({ title: step.title, ...count(tail, code === 0) });
  });
  return promise;
}

/** A test runner's own numbers when it gave some, else the step counts as one check. */
function count(tail: string, isOk: boolean): { passed: number; failed: number } {
  const number = (name: string) => Number(new RegExp(`^\\S+ ${name} (\\d+)$`, 'm').exec(tail)?.[1] ?? 0);
  const failed = number('fail') + number('cancelled');
  const passed = number('pass');
  if (passed + failed === 0) return { passed: isOk ? 1 : 0, failed: isOk ? 0 : 1 };
  return { passed, failed: isOk ? failed : Math.max(1, failed) };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    endRunning('SIGTERM');
    console.error(`\ninterrupted by ${signal}`);
    process.exit(130);
  });
}

const outcomes: Outcome[] = [];
for (const step of steps) if (step) outcomes.push(await run(step));
const failures = outcomes.filter(({ failed }) => failed > 0);
console.log('');
for (const { title, failed } of failures) console.log(`failed: ${title} (${failed})`);
const sum = (name: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[name], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
