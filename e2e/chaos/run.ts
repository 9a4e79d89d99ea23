// `npm run chaos -- --minutes N [--seed N] [--replication-factor N]`: a long chaos run, its figures, and exit code 1 when anything
// was lost, doubled or out of order.
import { parseArgs } from 'node:util';
import { type ChaosFigures, runChaos } from './chaos.ts';
import { faultKinds } from './faults.ts';

const LONGEST_FAULT_MS = 12_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    'replication-factor': { type: 'string', default: '3' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('chaos: --minutes takes a number above 0, --seed a whole number');
  process.exit(1);
}
console.log(`chaos: ${minutes} min, seed ${seed}`);
const startedAtMs = performance.now();
const figures = await runChaos({
  seconds: minutes * 60,
  seed,
  faults: faultKinds,
  longestFaultMs: LONGEST_FAULT_MS,
  replicationFactor: Number(values['replication-factor']),
  log: (line) => console.log(`${((performance.now() - startedAtMs) / 1_000).toFixed(1).padStart(7)} s  ${line}`),
});
print(figures);
process.exit(figures.violations.length === 0 ? 0 : 1);

function print({
  acknowledged,
  unknown,
  failures,
  faults,
  elections,
  longestGapMs,
  duplicates,
  readAgain,
  rebalances,
  transactions,
  violations,
}: ChaosFigures): void {
  const total = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const each = Object.entries(faults).map(([kind, count]) => `${kind} ${count}`);
  console.log(`
acknowledged records           ${acknowledged}
  of unknown fate              ${unknown}
faults                         ${total} (${each.join(', ')})
elections of leaders           ${elections}
longest time without an ack    ${(longestGapMs / 1_000).toFixed(1)} s
duplicates in the log          ${duplicates}
read again by the group        ${readAgain}
joins of group members         ${rebalances}
transactions committed         ${transactions.committed}
  aborted                      ${transactions.aborted}
  of unknown fate              ${transactions.unknown}
verdict                        ${violations.length === 0 ? 'nothing lost, nothing doubled, all in order' : 'BROKEN'}`);
  for (const [reason, count] of Object.entries(failures)) console.log(`  failed for good ${count} times: ${reason}`);
  for (const [reason, count] of Object.entries(transactions.failures)) {
    console.log(`  transactions given up ${count} times: ${reason}`);
  }
  for (const violation of violations) console.log(`  ${violation}`);
}
