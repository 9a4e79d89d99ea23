import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MARKS } from './marks.ts';
import { swarm } from './options.ts';
import { type Outcome, run } from './run.ts';

const BATCH = { from: 100, count: 12 };

function told({ seed, violation, lastLines }: Outcome): string {
  return [...lastLines.slice(-60), `seed ${seed}: ${violation?.message}`, `npm run sim -- --seed ${seed} --trace`].join(
    '\n',
  );
}

test('[SIM-1] the same seed gives the same run, event by event', async () => {
  const [first, second] = [await run(4, swarm), await run(4, swarm)];
  assert.equal(first.digest, second.digest);
  assert.equal(first.events, second.events);
  assert.ok(first.events > 1000);
});

test('[SIM-2] other seeds give other runs', async () => {
  const [first, second] = [await run(4, swarm), await run(20, swarm)];
  assert.notEqual(first.digest, second.digest);
});

test('[SIM-6] a fixed batch of seeds violates nothing, acknowledges records, commits transactions and comes by every mark', async () => {
  let acknowledged = 0;
  let transactions = 0;
  const counts = new Map<string, number>();
  for (let i = 0; i < BATCH.count; i++) {
    const outcome = await run(BATCH.from + i, swarm);
    assert.equal(outcome.violation, null, told(outcome));
    acknowledged += outcome.acknowledged;
    transactions += outcome.transactions;
    for (const [name, count] of outcome.marks.entries()) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  assert.ok(acknowledged > 1000, `${acknowledged} acknowledged`);
  assert.ok(transactions > 100, `${transactions} transactions`);
  const never = MARKS.filter((name) => (counts.get(name) ?? 0) === 0);
  assert.deepEqual(never, [], 'marks that no run came by');
});

const pinned = JSON.parse(readFileSync(new URL('seeds.json', import.meta.url), 'utf8')) as {
  seed: number;
  caught: string;
}[];
test('[SIM-7] seeds that once failed do not fail again', async () => {
  for (const { seed } of pinned) {
    const outcome = await run(seed, swarm);
    assert.equal(outcome.violation, null, told(outcome));
  }
});
