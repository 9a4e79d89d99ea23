import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryDisk } from '../../../kernel/memory-disk.ts';
import { DiskError } from '../../../kernel/world.ts';
import { CheckpointFile } from './checkpoint-file.ts';

/** A disk whose replacements beside the thread wait until they are let go. */
class WaitingDisk extends MemoryDisk {
  readonly waiting: (() => void)[] = [];
  /** Paths that replace() was called with. */
  readonly replaced: string[] = [];
  /** Whether something at once came since: that is what Disk promises. */
  #turn = 0;

  override replace(path: string, bytes: Buffer | string): void {
    this.#turn++;
    this.replaced.push(String(bytes));
    super.replace(path, bytes);
  }
  override async replaceLater(path: string, bytes: Buffer | string): Promise<boolean> {
    const turn = ++this.#turn;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
    if (turn !== this.#turn) return false;
    super.replace(path, bytes);
    return true;
  }
  letGo(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}
function open() {
  const disk = new WaitingDisk();
  const says = { now: 'one' };
  const file = new CheckpointFile(disk, '/points', () => says.now);
  return { disk, says, file, content: () => disk.read('/points')?.toString() ?? null };
}
async function turns(): Promise<void> {
  for (let i = 0; i < 9; i++) await Promise.resolve();
}

test('[FOLD-16] what is written at once stays, whatever was under way beside the thread', async () => {
  const { disk, says, file, content } = open();
  const later = file.writeLater();
  says.now = 'two';
  file.write();
  disk.letGo();
  await later;
  assert.equal(content(), 'two');
  // It is known that the older content is not there: it can be written again.
  says.now = 'one';
  file.write();
  assert.equal(content(), 'one');
});

test('[FOLD-16] what is the same is not written again, unless something else is under way', async () => {
  const { disk, says, file, content } = open();
  file.write();
  file.write();
  assert.deepEqual(disk.replaced, ['one']);
  says.now = 'two';
  const later = file.writeLater();
  says.now = 'one';
  file.write();
  disk.letGo();
  await later;
  assert.equal(content(), 'one');
});

test('[FOLD-16] one at a time is written beside the thread; whoever waits writes what is so then', async () => {
  const { disk, says, file, content } = open();
  const first = file.writeLater();
  says.now = 'two';
  const second = file.writeLater();
  assert.equal(disk.waiting.length, 1);
  says.now = 'three';
  disk.letGo();
  await first;
  assert.equal(content(), 'one');
  await turns();
  disk.letGo();
  await second;
  assert.equal(content(), 'three');
  assert.equal(file.isBeingWritten, false);
});

test('[FOLD-16] a disk that refuses is said, and the next time counts', async () => {
  const { disk, file, content } = open();
  disk.refuse = () => 'ENOSPC';
  assert.throws(() => file.write(), DiskError);
  const later = file.writeLater();
  disk.letGo();
  await assert.rejects(later, DiskError);
  disk.refuse = null;
  file.write();
  assert.equal(content(), 'one');
});
