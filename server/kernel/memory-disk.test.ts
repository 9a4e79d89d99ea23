import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISK_CONTRACT } from './disk-contract.ts';
import { MemoryDisk } from './memory-disk.ts';
import { DiskError } from './world.ts';

for (const one of DISK_CONTRACT) {
  test(`${one.title} (in memory)`, async () => {
    const disk = new MemoryDisk();
    disk.makeFolder('/root');
    await one.run(disk, '/root');
    assert.equal(disk.openCount, 0, 'every handle is closed');
  });
}

test('[DISK-8] a full disk refuses the whole append and leaves the file as it was', () => {
  const disk = new MemoryDisk();
  disk.capacityBytes = 5;
  const file = disk.open('/a');
  file.append([Buffer.from('123')]);
  assert.throws(
    () => file.append([Buffer.from('4'), Buffer.from('56')]),
    (error) => error instanceof DiskError && error.errno === 'ENOSPC',
  );
  assert.equal(file.sizeBytes(), 3);
  file.append([Buffer.from('45')]);
  assert.equal(disk.read('/a')?.toString(), '12345');
});
