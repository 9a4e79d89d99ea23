// What every Disk must do, as cases that a test file runs: memory-disk.test.ts for the one in memory, host/ for the real one.
// Each case gets a fresh, empty folder.
import { assert } from './assert.ts';
import { type Disk, DiskError } from './world.ts';

export interface DiskCase {
  readonly title: string;
  run(disk: Disk, folder: string): void | Promise<void>;
}

const same = (actual: unknown, expected: unknown, belief: string): void =>
  assert(
    JSON.stringify(actual) === JSON.stringify(expected),
    `${belief}: ${JSON.stringify(actual)} is ${JSON.stringify(expected)}`,
  );
function fails(errno: string, run: () => void, belief: string): void {
  try {
    run();
  } catch (error) {
    assert(error instanceof DiskError, `${belief}: throws a DiskError`);
    same(error.errno, errno, belief);
    return;
  }
  assert(false, `${belief}: fails`);
}
const text = (bytes: Buffer | null): string | null => bytes?.toString() ?? null;

export const DISK_CONTRACT: readonly DiskCase[] = [
  {
    title: '[DISK-1] open creates a missing file and keeps the content of one that is there',
    run(disk, folder) {
      const path = disk.join(folder, 'a');
      same(disk.stat(path), null, 'nothing is there at first');
      const file = disk.open(path);
      same(file.sizeBytes(), 0, 'a new file is empty');
      file.append([Buffer.from('ab'), Buffer.alloc(0), Buffer.from('c')]);
      file.close();
      const again = disk.open(path);
      same(again.sizeBytes(), 3, 'its size is that of all buffers');
      again.append([Buffer.from('d')]);
      again.close();
      same(text(disk.read(path)), 'abcd', 'appends go to the end');
      same(disk.stat(path), { isFolder: false, sizeBytes: 4 }, 'stat');
      fails('ENOENT', () => disk.open(disk.join(folder, 'no', 'b')), 'a missing folder is not created by open');
    },
  },
  {
    title: '[DISK-2] read answers fewer bytes only at the end of the file',
    run(disk, folder) {
      const file = disk.open(disk.join(folder, 'a'));
      file.append([Buffer.from('0123456789')]);
      same(text(file.read(2, 3)), '234', 'in the middle');
      same(text(file.read(8, 5)), '89', 'across the end');
      same(text(file.read(10, 5)), '', 'at the end');
      same(text(file.read(99, 5)), '', 'beyond the end');
      const target = Buffer.from('..........');
      same(file.readInto(target, 1, 4, 7), 3, 'readInto counts what it read');
      same(text(target), '.789......', 'readInto leaves the rest alone');
      file.close();
    },
  },
  {
    title: '[DISK-3] write overwrites and extends; truncate cuts; append goes on from there',
    run(disk, folder) {
      const path = disk.join(folder, 'a');
      const file = disk.open(path);
      file.append([Buffer.from('0123456789')]);
      file.write(2, Buffer.from('xy'));
      file.write(9, Buffer.from('zz'));
      same(file.sizeBytes(), 11, 'a write past the end extends');
      file.truncate(4);
      same(file.sizeBytes(), 4, 'truncate');
      file.append([Buffer.from('!')]);
      file.close();
      same(text(disk.read(path)), '01xy!', 'content');
    },
  },
  {
    title: '[DISK-4] replace gives the whole new content, over an old file or none',
    run(disk, folder) {
      const path = disk.join(folder, 'a');
      disk.replace(path, 'first');
      disk.replace(path, Buffer.from('2nd'));
      same(text(disk.read(path)), '2nd', 'content');
      same(disk.list(folder), ['a'], 'nothing is left beside it');
      fails('ENOENT', () => disk.replace(disk.join(folder, 'no', 'a'), ''), 'a missing folder');
    },
  },
  {
    title: '[DISK-9] replaceLater gives the whole new content, unless somebody replaced the file meanwhile',
    async run(disk, folder) {
      const path = disk.join(folder, 'a');
      same(await disk.replaceLater(path, 'first'), true, 'a new file');
      same(await disk.replaceLater(path, Buffer.from('2nd')), true, 'over an old one');
      same(text(disk.read(path)), '2nd', 'content');
      same(disk.list(folder), ['a'], 'nothing is left beside it');
      const later = disk.replaceLater(path, 'slow');
      disk.replace(path, 'at once');
      await later;
      same(text(disk.read(path)), 'at once', 'what came at once is newer');
      const both = await Promise.all([disk.replaceLater(path, 'one'), disk.replaceLater(path, 'another')]);
      same([both.at(-1), text(disk.read(path))], [true, 'another'], 'the one called last');
      same(disk.list(folder), ['a'], 'nothing is left beside it');
      const missing = disk.replaceLater(disk.join(folder, 'no', 'a'), '');
      const errno = await missing.then(() => null).catch((error: unknown) => error instanceof DiskError && error.errno);
      same(errno, 'ENOENT', 'a missing folder');
    },
  },
  {
    title: '[DISK-5] folders: made with parents, listed sorted, absent ones are empty, removed with all in them',
    run(disk, folder) {
      const deep = disk.join(folder, 'x', 'y');
      disk.makeFolder(deep);
      disk.makeFolder(deep);
      disk.replace(disk.join(deep, 'b'), '');
      disk.replace(disk.join(deep, 'a'), '');
      same(disk.list(deep), ['a', 'b'], 'sorted names');
      same(disk.list(disk.join(folder, 'absent')), [], 'absent folder');
      same(disk.read(disk.join(folder, 'absent')), null, 'absent file');
      same(disk.stat(deep)?.isFolder, true, 'stat of a folder');
      fails('EEXIST', () => disk.makeFolder(disk.join(deep, 'a')), 'a file in the way');
      disk.remove(disk.join(folder, 'x'));
      disk.remove(disk.join(folder, 'x'));
      same(disk.list(folder), [], 'all gone');
    },
  },
  {
    title: '[DISK-6] rename moves files and folders; an open handle follows its file, even past removal',
    run(disk, folder) {
      const [a, b] = [disk.join(folder, 'a'), disk.join(folder, 'b')];
      disk.makeFolder(a);
      const file = disk.open(disk.join(a, 'f'));
      file.append([Buffer.from('1')]);
      disk.rename(a, b);
      file.append([Buffer.from('2')]);
      same(text(disk.read(disk.join(b, 'f'))), '12', 'written through the old handle');
      disk.remove(disk.join(b, 'f'));
      file.append([Buffer.from('3')]);
      same(text(file.read(0, 9)), '123', 'still readable');
      file.close();
      same(disk.list(b), [], 'but not there');
      fails('ENOENT', () => disk.rename(a, b), 'a missing source');
    },
  },
  {
    title: '[DISK-7] flush and flushNow succeed on an open file, and on a folder that is there',
    async run(disk, folder) {
      const file = disk.open(disk.join(folder, 'a'));
      file.append([Buffer.from('1')]);
      await file.flush();
      file.flushNow();
      file.close();
      await disk.flushFolder(folder);
      disk.flushFolderNow(folder);
      const absent = disk.join(folder, 'absent');
      fails('ENOENT', () => disk.flushFolderNow(absent), 'a folder that is not there');
      const refused = await disk.flushFolder(absent).then(
        () => null,
        (error: unknown) => error,
      );
      assert(refused instanceof DiskError, 'nor can it be flushed later');
    },
  },
];
