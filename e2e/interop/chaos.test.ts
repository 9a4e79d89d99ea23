// A short chaos run with other people's clients; `npm run chaos` is the long one. And the judge is shown records that are wrong.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type ChaosFigures, runChaos } from '../chaos/chaos.ts';
import { type Found, Ledger } from '../chaos/ledger.ts';
import { TransactionLedger } from '../chaos/transaction-ledger.ts';

const SECONDS = 20;

/** One short run, judged by two tests. */
let figures: ChaosFigures;
const lines: string[] = [];
before(async () => {
  figures = await runChaos({
    seconds: SECONDS,
    seed: 20_261_122,
    faults: ['kill', 'stop', 'restart', 'freeze', 'controller', 'pair', 'cut', 'halfCut', 'slowLink', 'slowDisk'],
    opening: ['stop', 'outage'],
    longestFaultMs: 1_500,
    log: (line) => lines.push(line),
  });
});

test('[CHA-1] while brokers are killed, stopped, frozen and restarted nothing acknowledged is lost, doubled or out of order', () => {
  assert.deepEqual(figures.violations, [], lines.join('\n'));
  const faults = Object.values(figures.faults).reduce((sum, count) => sum + count, 0);
  assert.ok(figures.elections > 0, 'no leader was elected: the test proves too little');
  assert.ok(faults >= 4, `only ${faults} faults`);
  assert.ok(figures.acknowledged > 1_000, `only ${figures.acknowledged} records were acknowledged`);
});

test('[CHA-4] meanwhile each committed transaction is read whole and once, nothing of an aborted one, one of unknown fate whole or not at all', () => {
  const { transactions, violations } = figures;
  assert.deepEqual(violations, [], lines.join('\n'));
  const { committed, aborted } = transactions;
  assert.ok(committed > 50 && aborted > 10, `proves too little: ${JSON.stringify(transactions)}`);
});

test('[CHA-3] a rolling restart under load completes without a failed send', async () => {
  const lines: string[] = [];
  const figures = await runChaos({
    seconds: 8,
    seed: 1,
    faults: ['rolling'],
    longestFaultMs: 1_000,
    log: (line) => lines.push(line),
  });
  const { violations, failures, unknown, elections, longestGapMs } = figures;
  assert.deepEqual({ violations, failures, unknown }, { violations: [], failures: {}, unknown: 0 }, lines.join('\n'));
  assert.ok(elections > 0 && figures.acknowledged > 500, `${elections} elections, ${figures.acknowledged} records`);
  assert.ok(longestGapMs < 3_000, `${longestGapMs} ms without an acknowledgement`);
});

const record = (value: string, offset: number, partition = 0): Found => {
  return { partition, offset, value, key: value.split(':')[0] as string };
};

test('[CHA-2] the judge finds planted losses, duplicates, strangers, displaced and reordered records', () => {
  const judge = (...log: readonly Found[]) => {
    const ledger = new Ledger();
    ledger.acknowledge(['a:0', 'a:1'], 0, 0);
    ledger.acknowledge(['a:2'], 0, -1);
    ledger.unknown.add('a:3');
    return ledger.judge(log).violations;
  };
  const good = [record('a:0', 0), record('a:1', 1), record('a:2', 2)];
  assert.deepEqual(judge(...good), []);
  assert.deepEqual(judge(...good, record('a:3', 3)), [], 'a record of unknown fate may be there');
  assert.match(judge(...good.slice(0, 2)).join(), /a:2 was acknowledged at 0\/-1 and is lost/);
  assert.match(judge(...good, record('a:1', 3)).join(), /a:1 is there twice: at 0\/1 and 0\/3/);
  assert.match(judge(...good, record('b:9', 3)).join(), /b:9 at 0\/3 was never sent/);
  assert.match(
    judge(record('a:2', 0), record('a:0', 1), record('a:1', 2)).join(),
    /a is out of order: 0 at 0\/1 comes after 2/,
  );
  assert.match(judge(record('a:0', 5), ...good.slice(1)).join(), /a:0 was acknowledged at 0\/0 and is at 0\/5/);
  const ledger = new Ledger();
  ledger.acknowledge(['a:0', 'a:1'], 0, 0);
  ledger.see('a:0');
  ledger.see('a:0');
  assert.deepEqual([ledger.unseen(), ledger.readAgain], [['a:1'], 1]);
});

test('[CHA-5] the judge of transactions finds planted losses, duplicates, parts, strangers and aborted records', () => {
  const judge = (...seen: readonly string[]) => {
    const ledger = new TransactionLedger();
    for (const name of ['committed', 'aborted', 'unknown']) ledger.begin(name, [`${name}:0`, `${name}:1`]);
    ledger.askCommit('committed');
    ledger.committed('committed');
    ledger.askCommit('unknown');
    const records = seen.map((text) => {
      const [value = '', place = value] = text.split('@');
      return { value, place };
    });
    return ledger.judge('a reader', records).join();
  };
  const good = ['committed:0', 'committed:1'];
  assert.equal(judge(...good), '');
  assert.equal(judge(...good, 'unknown:0', 'unknown:1'), '', 'one of unknown fate may be there');
  assert.equal(judge(...good, 'committed:0'), '', 'the same place read again');
  assert.match(judge('committed:0'), /committed was committed and a reader saw 1 of its 2 records/);
  assert.match(judge(...good, 'aborted:1'), /aborted was aborted and a reader saw 1 of its 2 records/);
  assert.match(judge(...good, 'unknown:1'), /a reader saw unknown in part: 1 of its 2 records/);
  assert.match(judge(...good, 'committed:0@t/0/9'), /a reader saw committed:0 at committed:0 and t\/0\/9/);
  assert.match(judge(...good, 'stranger:0'), /a reader saw stranger:0, which nobody sent/);
});
