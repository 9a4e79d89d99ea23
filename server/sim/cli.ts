// `npm run sim -- --seed 7 --trace`: one run, told line by line. `npm run sim:soak`: runs until stopped. `--planted`: how many seeds
// each planted bug takes to be found. The only file of sim/ that reads a real clock or the command line.
import { execFileSync } from 'node:child_process';
import { swarm } from './options.ts';
import { PLANTED } from './planted/bugs.ts';
import { hunt } from './planted/hunt.ts';
import { type Outcome, run } from './run.ts';
import { plain, SCENARIOS } from './scenarios/all.ts';

function flag(name: string): string | undefined {
  const i = process.argv.indexOf(`--${name}`);
  return i < 0 ? undefined : (process.argv[i + 1] ?? '');
}
const has = (name: string): boolean => process.argv.includes(`--${name}`);

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}

function report(outcome: Outcome, elapsedMs: number): void {
  const { seed, violation, digest, events, acknowledged, committedBatches, transactions, faults, virtualMs } = outcome;
  const done = [...faults].map(([kind, count]) => `${kind.replace(/Ms$/, '')} ${count}`).join(', ');
  const verdict = violation === null ? 'ok' : `FAILED ${violation.message}`;
  const seconds = (elapsedMs / 1000).toFixed(2);
  console.log(
    `seed ${seed}: ${verdict} · ${(virtualMs / 1000).toFixed(0)} virtual s in ${seconds} s · ${events} events · ${acknowledged} acknowledged · ${committedBatches} batches · ${transactions} transactions · ${done || 'no faults'} · digest ${digest}`,
  );
}
/** Undefined: the swarm. */
const scenario = SCENARIOS.find(({ name }) => name === flag('scenario'));
function explain(outcome: Outcome): void {
  for (const line of outcome.lastLines) console.log(line);
  console.log(`options ${JSON.stringify(outcome.options)}`);
  const name = scenario?.name ?? 'swarm';
  console.log(`scenario ${name}, commit ${commit()}`);
  console.log(outcome.violation?.stack ?? '');
  console.log(`replay: npm run sim -- --seed ${outcome.seed} --scenario "${name}" --trace`);
}

async function one(seed: number): Promise<boolean> {
  const startedMs = performance.now();
  const onLine = has('trace') ? (line: string) => console.log(line) : undefined;
  const outcome =
    scenario === undefined
      ? await run(seed, swarm, onLine)
      : await run(seed, (prng) => plain(prng, scenario.options), onLine, scenario.play);
  if (outcome.violation !== null) explain(outcome);
  report(outcome, performance.now() - startedMs);
  return outcome.violation === null;
}

/** One row per planted bug: how many seeds it took. */
async function planted(only: string): Promise<void> {
  for (const bug of PLANTED) {
    if (!bug.name.includes(only)) continue;
    const startedMs = performance.now();
    const { seed, message } = await hunt(bug, false);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6);
    console.log(
      `${bug.name.padEnd(66)} ${seed === null ? 'NOT FOUND' : `seed ${seed}`.padEnd(9)} of ${String(bug.seeds).padEnd(3)} ${seconds} s  ${message.slice(0, 140)}`,
    );
    if (seed === null) process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  if (has('scenario') && scenario === undefined && flag('scenario') !== 'swarm') {
    for (const name of ['swarm', ...SCENARIOS.map((one) => one.name)]) console.log(name);
    return;
  }
  if (has('planted')) return planted(flag('planted') ?? '');
  const first = Number(flag('seed') ?? 1);
  const count = has('soak') ? Number.POSITIVE_INFINITY : Number(flag('seeds') ?? 1);
  if (has('soak')) console.log(`commit ${commit()}, from seed ${first} on, until stopped`);
  let failures = 0;
  for (let i = 0; i < count; i++) if (!(await one(first + i))) failures++;
  process.exitCode = failures > 0 ? 1 : 0;
}

await main();
