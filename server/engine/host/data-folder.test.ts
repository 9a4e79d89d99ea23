import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { DataFolderError, openDataFolder } from './data-folder.ts';

function temporary(): { folder: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'data-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
function writeNode(folder: string, name: string, nodeId: number, clusterId: string, version = 1): void {
  mkdirSync(join(folder, name), { recursive: true });
  const text = `#\n#Sun\ncluster.id=${clusterId}\nversion=${version}\nnode.id=${nodeId}\n`;
  writeFileSync(join(folder, name, 'meta.properties'), text);
}
const open = (folder: string, brokers = 3) => openDataFolder(folder, 3000, brokers);
const refuses = (folder: string, text: RegExp, brokers = 3) => {
  assert.throws(
    () => open(folder, brokers),
    (error) => error instanceof DataFolderError && text.test(error.message) && !error.message.includes('\n'),
  );
};

test('[DIR-1] a new folder gets a cluster id once and keeps it', () => {
  using place = temporary();
  const path = join(place.folder, 'not', 'there');
  const first = open(path);
  assert.match(first.clusterId, /^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
  assert.match(readFileSync(join(path, 'controller', 'meta.properties'), 'utf8'), /node\.id=3000\nversion=1\n$/);
  first.release();
  const second = open(path);
  assert.equal(second.clusterId, first.clusterId);
  assert.equal(second.brokerFolder(2), join(path, 'broker-2'));
  second.release();
});

test('[DIR-1] without a controller folder the id of the brokers is used', () => {
  using place = temporary();
  writeNode(place.folder, 'broker-1', 1, 'abc');
  const folder = open(place.folder);
  assert.equal(folder.clusterId, 'abc');
  folder.release();
});

test('[DIR-2] two at once are refused with the number of the process; a released or dead lock is taken over', () => {
  using place = temporary();
  const holder = open(place.folder);
  refuses(place.folder, new RegExp(`in use by process ${process.pid}: stop that one, or .*--data-dir`));
  holder.release();
  for (const stale of [
    '{"pid":4194999,"startedAt":"1"}',
    `{"pid":${process.pid},"startedAt":"1"}`,
    '{"pid":',
    '',
    '7',
  ]) {
    writeFileSync(join(place.folder, '.lock'), stale);
    if (process.platform !== 'linux' && stale.includes(String(process.pid))) continue;
    open(place.folder).release();
  }
  assert.equal(existsSync(join(place.folder, '.lock')), false);
});

test('[DIR-3] folders that cannot be used are refused with one line that says how to mend it', () => {
  const cases: readonly (readonly [(folder: string) => void, RegExp])[] = [
    [
      (folder) => {
        for (const id of [1, 2, 3, 4, 5]) writeNode(folder, `broker-${id}`, id, 'abc');
      },
      /has 5 brokers and 3 .*--brokers 5/,
    ],
    [
      (folder) => writeNode(folder, 'broker-1', 1, 'abc', 2),
      /layout version 2 and this program knows 1: start the newer/,
    ],
    [(folder) => writeNode(folder, 'broker-1', 2, 'abc'), /broker-1 is not the folder of node 1/],
    [(folder) => writeNode(folder, 'controller', 3000, ''), /controller is not the folder of node 3000/],
    [(folder) => writeNode(folder, '.', 1, 'abc'), /is the log folder of a single Kafka node/],
    [
      (folder) => {
        writeNode(folder, 'controller', 3000, 'abc');
        writeNode(folder, 'broker-2', 2, 'xyz');
      },
      /broker-2 belongs to cluster xyz, its neighbours in .* to abc/,
    ],
  ];
  for (const [prepare, text] of cases) {
    using place = temporary();
    prepare(place.folder);
    refuses(place.folder, text);
    assert.equal(existsSync(join(place.folder, '.lock')), false, 'the lock is given back');
  }
});

test('[DIR-3] a path that is no folder is refused as unwritable', () => {
  using place = temporary();
  const file = join(place.folder, 'file');
  writeFileSync(file, '');
  refuses(file, /cannot be written \(EEXIST\): make it writable .*--data-dir/);
  refuses(join(file, 'below'), /cannot be written \(ENOTDIR\)/);
});

test('[DIR-3] more brokers than before are welcome', () => {
  using place = temporary();
  writeNode(place.folder, 'broker-1', 1, 'abc');
  open(place.folder, 5).release();
});

test('[DIR-2] a killed process that nobody collected yet holds nothing', {
  skip: process.platform !== 'linux',
}, async () => {
  using place = temporary();
  // The shell becomes sleep, which never collects the child it inherited.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const pid = Number(String((await once(parent.stdout, 'data'))[0]));
  while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) await setImmediate();
  writeFileSync(join(place.folder, '.lock'), JSON.stringify({ pid, startedAt: '' }));
  open(place.folder).release();
  parent.kill('SIGKILL');
  await once(parent, 'close');
});
