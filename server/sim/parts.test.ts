import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISK_CONTRACT } from '../kernel/disk-contract.ts';
import { SimDisk } from './world/disk.ts';
import { Prng } from './world/prng.ts';
import { Scheduler } from './world/scheduler.ts';

const atOnce = { later: (_: number, run: () => void) => run(), mayUse: () => {} };

test('[SIM-3] forked streams do not depend on what was drawn before', () => {
  const [a, b] = [new Prng(7), new Prng(7)];
  for (let i = 0; i < 10; i++) a.next();
  assert.equal(a.fork('x').next(), b.fork('x').next());
  assert.notEqual(a.fork('x').next(), a.fork('y').next());
  assert.notEqual(new Prng(7).next(), new Prng(8).next());
});

for (const one of DISK_CONTRACT) {
  test(`[SIM-4] the simulated disk holds the disk contract: ${one.title}`, async () => {
    const disk = new SimDisk();
    disk.makeFolder('/root');
    await one.run(disk.as(atOnce), '/root');
  });
}

test('[SIM-5] a power loss keeps what was flushed and may take the rest; a killed process loses nothing it wrote', async () => {
  const sizes = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    const disk = new SimDisk();
    const file = disk.as(atOnce).open('/a');
    file.append([Buffer.from('flushed')]);
    await file.flush();
    file.append([Buffer.from('-and-not')]);
    assert.equal(disk.read('/a')?.toString(), 'flushed-and-not');
    disk.losePower(new Prng(seed));
    const left = disk.read('/a') ?? Buffer.alloc(0);
    assert.equal(left.subarray(0, 7).toString(), 'flushed');
    sizes.add(left.length);
  }
  assert.ok(sizes.has(7) && sizes.size > 3, [...sizes].join());
});

test('[SIM-5] what was overwritten and not flushed may come back after a power loss', async () => {
  const texts = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const disk = new SimDisk();
    const file = disk.as(atOnce).open('/a');
    file.append([Buffer.from('old')]);
    await file.flush();
    file.write(0, Buffer.from('new'));
    disk.losePower(new Prng(seed));
    texts.add(String(disk.read('/a')));
  }
  assert.deepEqual([...texts].sort(), ['new', 'old']);
});

test('[SIM-5] a flush makes durable what it found, not what was written while it was under way', async () => {
  const texts = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const disk = new SimDisk();
    const due: (() => void)[] = [];
    const file = disk.as({ ...atOnce, later: (_, run) => void due.push(run) }).open('/a');
    file.append([Buffer.from('old')]);
    file.flushNow();
    file.append([Buffer.from('-one')]);
    const flushed = file.flush();
    file.truncate(3);
    file.append([Buffer.from('-two')]);
    for (const run of due) run();
    await flushed;
    disk.losePower(new Prng(seed));
    texts.add(String(disk.read('/a')));
  }
  assert.deepEqual([...texts].sort(), ['old-one', 'old-two']);
});

test('[SIM-5] names that were made, renamed or removed since their folder was flushed may be lost, the last first', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const disk = new SimDisk();
    const view = disk.as(atOnce);
    view.makeFolder('/d/e');
    for (const name of ['a', 'b']) view.open(`/d/e/${name}`).flushNow();
    view.flushFolderNow('/d');
    await view.flushFolder('/d/e');
    view.rename('/d/e/a', '/d/e/c');
    view.remove('/d/e/b');
    view.open('/d/e/x').flushNow();
    disk.losePower(new Prng(seed));
    seen.add(disk.list('/d/e').join());
  }
  assert.deepEqual([...seen].sort(), ['a,b', 'b,c', 'c', 'c,x']);
});

test('[SIM-12] what fell due while a process was frozen runs in its order when it thaws, and can still be cancelled', async () => {
  const scheduler = new Scheduler();
  const owner = { name: 'b1', isDead: false, isFrozen: false };
  const ran: string[] = [];
  const note = (what: string) => () => void ran.push(`${what} ${scheduler.nowMs}`);
  scheduler.after(owner, 10, () => {
    note('request')();
    cancelSession();
  });
  const cancelSession = scheduler.after(owner, 20, note('session'));
  scheduler.after(owner, 30, note('tick'));
  scheduler.after(owner, 90, note('later'));
  scheduler.freeze(owner);
  await scheduler.runUntil(50);
  assert.deepEqual(ran, []);
  scheduler.thaw(owner);
  await scheduler.runUntil(100);
  assert.deepEqual(ran, ['request 50', 'tick 50', 'later 90']);
});
