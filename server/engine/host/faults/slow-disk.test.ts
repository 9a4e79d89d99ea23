import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISK_CONTRACT } from '../../../kernel/disk-contract.ts';
import { MemoryDisk } from '../../../kernel/memory-disk.ts';
import { VirtualTime } from '../../../kernel/virtual-time.ts';
import type { SlowDisk } from '../../lab.ts';
import { slowDisk } from './slow-disk.ts';

function open(slowness: SlowDisk | null) {
  const time = new VirtualTime();
  const blocked: number[] = [];
  const state = { slowness };
  const disk = slowDisk({
    disk: plain(new MemoryDisk()),
    timers: time,
    block: (delayMs) => blocked.push(delayMs),
    slowness: () => state.slowness,
  });
  return { disk, time, blocked, state };
}
/** As hostDisk is: an object of functions. */
function plain(disk: MemoryDisk) {
  return {
    open: (path: string) => disk.open(path),
    read: (path: string) => disk.read(path),
    replace: (path: string, bytes: Buffer | string) => disk.replace(path, bytes),
    replaceLater: (path: string, bytes: Buffer | string) => disk.replaceLater(path, bytes),
    list: (path: string) => disk.list(path),
    stat: (path: string) => disk.stat(path),
    volume: () => disk.volume(),
    makeFolder: (path: string) => disk.makeFolder(path),
    flushFolder: (path: string) => disk.flushFolder(path),
    flushFolderNow: (path: string) => disk.flushFolderNow(path),
    rename: (from: string, to: string) => disk.rename(from, to),
    remove: (path: string) => disk.remove(path),
    join: (...segments: readonly string[]) => disk.join(...segments),
  };
}

for (const one of DISK_CONTRACT) {
  test(`${one.title} (through the lab’s disk)`, async () => {
    const { disk } = open(null);
    disk.makeFolder('/a');
    await one.run(disk, '/a');
  });
}

test('[SLO-1] on a slow disk each append to a log and each flush takes longer, other files do not, and a healed one is fast', async () => {
  const { disk, time, blocked, state } = open({ appendMs: 20, flushMs: 300 });
  disk.makeFolder('/a');
  const log = disk.open('/a/0.log');
  log.append([Buffer.from('x')]);
  disk.open('/a/0.index').append([Buffer.from('x')]);
  assert.deepEqual(blocked, [20]);
  let isFlushed = false;
  const flushed = log.flush().then(() => {
    isFlushed = true;
  });
  time.advance(299);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isFlushed, false);
  time.advance(1);
  await flushed;
  log.flushNow();
  assert.deepEqual(blocked, [20, 300]);
  state.slowness = null;
  log.append([Buffer.from('y')]);
  await log.flush();
  log.flushNow();
  assert.deepEqual(blocked, [20, 300]);
  assert.equal(log.sizeBytes(), 2);
});
