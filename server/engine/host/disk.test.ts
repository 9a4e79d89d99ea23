import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DISK_CONTRACT } from '../../kernel/disk-contract.ts';
import { DiskError } from '../../kernel/world.ts';
import { hostDisk } from './disk.ts';

function temporary(): { folder: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'disk-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

for (const one of DISK_CONTRACT) {
  test(`${one.title} (on node:fs)`, async () => {
    using place = temporary();
    await one.run(hostDisk, place.folder);
  });
}

test('[HOST-5] an append of more buffers than one writev takes lands whole and in order', () => {
  using place = temporary();
  const file = hostDisk.open(join(place.folder, 'a'));
  const buffers = Array.from({ length: 3_000 }, (_, i) => Buffer.from(`${i},`));
  file.append(buffers);
  file.append([]);
  assert.equal(file.read(0, 1_000_000).toString(), Buffer.concat(buffers).toString());
  assert.equal(file.sizeBytes(), Buffer.concat(buffers).length);
  file.close();
});

test('[HOST-5] a full disk gives DiskError and leaves the size as it was', {
  skip: process.platform !== 'linux',
}, () => {
  const file = hostDisk.open('/dev/full');
  assert.throws(
    () => file.append([Buffer.from('x')]),
    (error) => error instanceof DiskError && error.errno === 'ENOSPC',
  );
  assert.equal(file.sizeBytes(), 0);
  file.close();
});

test('[HOST-11] the volume has room, and less than all of it; where nothing is, it is not known', () => {
  using place = temporary();
  const volume = hostDisk.volume(place.folder);
  assert.ok(volume !== null && volume.usableBytes > 0 && volume.usableBytes <= volume.totalBytes);
  assert.equal(hostDisk.volume(join(place.folder, 'absent')), null);
});

test('[HOST-6] closing while a flush runs is safe, and a closed file refuses everything', async () => {
  using place = temporary();
  const file = hostDisk.open(join(place.folder, 'a'));
  file.append([Buffer.alloc(1_000_000)]);
  const flushes = [file.flush(), file.flush()];
  file.close();
  await Promise.all(flushes);
  file.close();
  assert.throws(() => file.append([Buffer.from('x')]), DiskError);
  assert.throws(() => file.read(0, 1), DiskError);
});

test('[HOST-7] a replacement beside the thread that fails leaves nothing behind', async () => {
  using place = temporary();
  mkdirSync(join(place.folder, 'taken', 'by a folder'), { recursive: true });
  await assert.rejects(hostDisk.replaceLater(join(place.folder, 'taken'), 'x'), DiskError);
  assert.deepEqual(readdirSync(place.folder), ['taken']);
});

test('[HOST-7] replace leaves nothing beside the file; errors carry their errno', () => {
  using place = temporary();
  hostDisk.replace(join(place.folder, 'a'), 'one');
  hostDisk.replace(join(place.folder, 'a'), Buffer.from('two'));
  assert.deepEqual(readdirSync(place.folder), ['a']);
  writeFileSync(join(place.folder, 'file'), '');
  for (const act of [
    () => hostDisk.replace(join(place.folder, 'no', 'a'), ''),
    () => hostDisk.makeFolder(join(place.folder, 'file', 'x')),
    () => hostDisk.rename(join(place.folder, 'none'), join(place.folder, 'b')),
  ]) {
    assert.throws(act, (error) => error instanceof DiskError && /^E[A-Z]+$/.test(error.errno));
  }
});
