import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualTime } from '../../kernel/virtual-time.ts';
import { DiskError } from '../../kernel/world.ts';
import { encodeBatch } from '../../protocol/records/record.ts';
import type { PartitionLog } from './log/log.ts';
import { DEFAULT_LOG_CONFIG, type LogConfig } from './log-config.ts';
import { LogFolder, LogFolderError } from './log-folder.ts';
import { flushesAtOnce } from './testing/flushes-at-once.ts';
import { type TestWorld, testWorld } from './testing/test-world.ts';

const CLUSTER_ID = 'ABCDEFGHIJKLMNOPQRSTUV';
const IDS = ['AAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBB'] as const;
const NOW_MS = 1_000_000;

function open(world: TestWorld, config: Partial<LogConfig> = {}, nodeId = 1, clusterId = CLUSTER_ID): LogFolder {
  return LogFolder.open(world, {
    folder: '/data/broker-1',
    nodeId,
    clusterId,
    configOf: () => ({ ...DEFAULT_LOG_CONFIG, ...config }),
  });
}
function append(log: PartitionLog, count = 1): void {
  const records = Array.from({ length: count }, () => ({ timestampMs: NOW_MS, key: null, value: Buffer.alloc(10) }));
  const outcome = log.appendAsLeader(encodeBatch({ records }), { leaderEpoch: 0, nowMs: NOW_MS, origin: 'client' });
  assert.equal(outcome.kind, 'appended');
}
const logOf = (folder: LogFolder, key: string): PartitionLog => {
  const log = folder.logs.get(key);
  assert.ok(log, key);
  return log;
};

test('[FOLD-1] logs, topic ids and the directory id are there again after a clean restart, without reading a batch', () => {
  const world = testWorld();
  const folder = open(world);
  for (const partition of [0, 1]) append(folder.create('a-b.c', partition, IDS[0], DEFAULT_LOG_CONFIG), partition + 1);
  folder.create('empty', 0, IDS[1], DEFAULT_LOG_CONFIG);
  folder.close(true);
  assert.equal(world.disk.openCount, 0);
  assert.ok(world.disk.stat('/data/broker-1/.kafka_cleanshutdown'));
  const opened: string[] = [];
  const disk = world.disk.copy();
  const openFile = disk.open.bind(disk);
  disk.open = (path) => {
    opened.push(path);
    return openFile(path);
  };
  const again = open(testWorld(disk));
  assert.deepEqual(opened, ['/data/broker-1/.lock']);
  assert.equal(again.directoryId, folder.directoryId);
  assert.deepEqual([...again.logs.keys()], ['a-b.c-0', 'a-b.c-1', 'empty-0']);
  assert.deepEqual(
    [...again.logs.values()].map((log) => [log.topicId, log.endOffset]),
    [
      [IDS[0], 1],
      [IDS[0], 2],
      [IDS[1], 0],
    ],
  );
  assert.equal(disk.stat('/data/broker-1/.kafka_cleanshutdown'), null, 'the marker is gone while the folder is in use');
  append(logOf(again, 'a-b.c-1'));
  assert.equal(logOf(again, 'a-b.c-1').endOffset, 3);
});

test('[FOLD-2] after a crash everything that was appended is there', () => {
  const world = testWorld();
  const folder = open(world);
  append(folder.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG), 3);
  const crashed = open(testWorld(world.disk.copy()));
  assert.equal(logOf(crashed, 't-0').endOffset, 3);
  assert.equal(logOf(crashed, 't-0').latestEpoch, 0);
});

test('[FOLD-3] a folder of another cluster or node, an unwritable one, and unreadable properties are one clear line', () => {
  const world = testWorld();
  open(world).close(true);
  const says = (pattern: RegExp) => (error: unknown) =>
    error instanceof LogFolderError && pattern.test(error.message) && !error.message.includes('\n');
  assert.throws(() => open(world, {}, 2), says(/belongs to node 1, not 2/));
  assert.throws(() => open(world, {}, 1, 'zzzzzzzzzzzzzzzzzzzzzz'), says(/belongs to cluster ABC.*, not zzz/));
  world.disk.replace('/data/broker-1/meta.properties', 'version=9\n');
  assert.throws(() => open(world), says(/unreadable meta.properties/));
  const unwritable = testWorld();
  unwritable.disk.refuse = () => 'EACCES';
  assert.throws(() => open(unwritable), says(/cannot be used \(EACCES\)/));
});

test('[FOLD-4] deleted records stay deleted after a crash: the start offset is on disk before the call returns', () => {
  const world = testWorld();
  const log = open(world).create('t', 0, IDS[0], DEFAULT_LOG_CONFIG);
  append(log, 5);
  append(log, 5);
  log.deleteRecordsBefore(7);
  assert.equal(logOf(open(testWorld(world.disk.copy())), 't-0').startOffset, 7);
});

test('[FOLD-5] a removed log is renamed at once and deleted after file.delete.delay.ms, also across a restart', () => {
  const world = testWorld();
  const folder = open(world);
  append(folder.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG));
  folder.remove('t', 0);
  assert.equal(folder.logs.size, 0);
  const deleted = () => world.disk.list('/data/broker-1').filter((name) => /^t-0\.[0-9a-f]{32}-delete$/.test(name));
  assert.equal(deleted().length, 1);
  folder.tick(NOW_MS + 59_999);
  assert.equal(deleted().length, 1);
  const other = open(testWorld(world.disk.copy()));
  assert.equal(other.logs.size, 0);
  assert.equal(other.trashSize, 1);
  folder.tick(NOW_MS + 60_000);
  assert.deepEqual(deleted(), []);
});

test('[FOLD-6] a topic made anew under an old name begins at 0 and inherits no checkpoint, whatever crashes between', () => {
  const world = testWorld();
  const folder = open(world);
  const old = folder.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG);
  for (let i = 0; i < 9; i++) append(old);
  old.deleteRecordsBefore(8);
  folder.tick(NOW_MS);
  folder.tick(NOW_MS + 60_000);
  const fresh = folder.create('t', 0, IDS[1], DEFAULT_LOG_CONFIG);
  assert.deepEqual([fresh.startOffset, fresh.endOffset], [0, 0]);
  append(fresh);
  const crashed = logOf(open(testWorld(world.disk.copy())), 't-0');
  assert.deepEqual([crashed.topicId, crashed.startOffset, crashed.endOffset], [IDS[1], 0, 1]);
  folder.remove('t', 0);
  const between = open(testWorld(world.disk.copy()));
  append(between.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG));
  assert.equal(logOf(between, 't-0').startOffset, 0);
});

test('[FOLD-7] a damaged checkpoint costs a check of the logs, never records', () => {
  const world = testWorld();
  const folder = open(world);
  append(folder.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG), 4);
  folder.close(true);
  world.disk.replace('/data/broker-1/recovery-point-offset-checkpoint', '0\n7\nt 0');
  const again = open(world);
  assert.equal(logOf(again, 't-0').endOffset, 4);
  assert.ok(world.complaints.some((line) => line.includes('recovery-point')));
});

test('[FOLD-8] ticks write checkpoints each minute, flush by flush.ms and apply retention', async () => {
  const world = testWorld();
  const config = { ...DEFAULT_LOG_CONFIG, flushMs: 500, retentionMs: 1000, segmentBytes: 90 };
  const folder = open(world, config);
  const log = folder.create('t', 0, IDS[0], config);
  append(log);
  append(log);
  folder.tick(NOW_MS + 499);
  assert.ok(log.recoveryPoint < 2);
  folder.tick(NOW_MS + 500);
  for (let i = 0; i < 9; i++) await Promise.resolve();
  assert.equal(log.recoveryPoint, 2);
  folder.tick(NOW_MS + 60_499);
  const read = (name: string) => world.disk.read(`/data/broker-1/${name}`)?.toString();
  assert.equal(read('recovery-point-offset-checkpoint'), '0\n1\nt 0 2\n');
  assert.equal(read('replication-offset-checkpoint'), '0\n1\nt 0 2\n');
  assert.equal(read('log-start-offset-checkpoint'), '0\n1\nt 0 0\n');
  assert.equal(log.startOffset, 0);
  folder.tick(NOW_MS + 300_499);
  assert.equal(log.startOffset, 2);
});

test('[FOLD-9] many logs share a bounded number of open files', () => {
  const world = testWorld();
  const folder = open(world);
  for (let i = 0; i < 700; i++) append(folder.create('t', i, IDS[0], DEFAULT_LOG_CONFIG));
  assert.ok(world.disk.openCount <= 500, `${world.disk.openCount} open`);
  for (const log of folder.logs.values()) append(log);
  assert.ok([...folder.logs.values()].every((log) => log.endOffset === 2));
  folder.close(true);
  assert.equal(world.disk.openCount, 0);
});

test('[FOLD-10] the files are in the words of Kafka', () => {
  const world = testWorld();
  const folder = open(world);
  append(folder.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG), 2);
  folder.close(true);
  const read = (name: string) => world.disk.read(`/data/broker-1/${name}`)?.toString();
  assert.equal(
    read('meta.properties'),
    `version=1\ncluster.id=${CLUSTER_ID}\nnode.id=1\ndirectory.id=${folder.directoryId}\n`,
  );
  assert.equal(read('t-0/partition.metadata'), `version: 0\ntopic_id: ${IDS[0]}`);
  assert.equal(read('t-0/leader-epoch-checkpoint'), '0\n1\n0 0\n');
  assert.deepEqual(world.disk.list('/data/broker-1/t-0'), [
    '00000000000000000000.index',
    '00000000000000000000.log',
    '00000000000000000000.timeindex',
    '00000000000000000002.snapshot',
    'leader-epoch-checkpoint',
    'partition.metadata',
  ]);
});

test('[FOLD-14] an epoch that wrote nothing is not written down, and is forgotten when the log is opened, as after a crash', () => {
  const world = testWorld();
  const folder = open(world);
  const [empty, filled] = [0, 1].map((partition) => folder.create('t', partition, IDS[0], DEFAULT_LOG_CONFIG));
  assert.ok(empty && filled);
  append(filled, 2);
  for (const log of [empty, filled]) log.startEpoch(3);
  assert.deepEqual([empty.hasUnstoredEpochs, filled.hasUnstoredEpochs], [false, true], 'epoch 0 has records');
  folder.close(true);
  assert.equal(world.disk.read('/data/broker-1/t-0/leader-epoch-checkpoint'), null);
  const again = open(world);
  assert.deepEqual(
    ['t-0', 't-1'].map((key) => logOf(again, key).latestEpoch),
    [-1, 0],
  );
  logOf(again, 't-1').startEpoch(5);
  assert.equal(logOf(again, 't-1').hasUnstoredEpochs, false, 'a new leader alone writes nothing');
  logOf(again, 't-1').truncateTo(0);
  again.close(true);
  assert.equal(
    logOf(open(world), 't-1').latestEpoch,
    -1,
    'what the file says of records that were cut is not believed',
  );
});

test('[FOLD-11] a folder set aside is deleted file by file, never more of them than a tick may', () => {
  const world = testWorld();
  const folder = open(world, { segmentBytes: 100, fileDeleteDelayMs: 0 });
  const log = folder.create('t', 0, IDS[0], { ...DEFAULT_LOG_CONFIG, segmentBytes: 100, fileDeleteDelayMs: 0 });
  for (let i = 0; i < 10; i++) append(log);
  folder.remove('t', 0);
  const aside = world.disk.list('/data/broker-1').find((name) => name.endsWith('-delete')) ?? '';
  const left = () => world.disk.list(`/data/broker-1/${aside}`).length;
  const before = left();
  assert.ok(before > 20, `${before} files`);
  folder.tick(NOW_MS);
  assert.equal(left(), before - 8);
  for (let i = 0; i < 10; i++) folder.tick(NOW_MS);
  assert.equal(world.disk.stat(`/data/broker-1/${aside}`), null);
  assert.equal(folder.trashSize, 0);
});

test('[FOLD-15] a big file is deleted piece by piece, with pauses between', () => {
  const time = new VirtualTime();
  const base = testWorld();
  const timers = { after: time.after.bind(time), soon: time.soon.bind(time) };
  const world = { ...base, timers };
  const folder = LogFolder.open(world, {
    folder: '/d',
    nodeId: 1,
    clusterId: CLUSTER_ID,
    configOf: () => DEFAULT_LOG_CONFIG,
  });
  const config = { ...DEFAULT_LOG_CONFIG, fileDeleteDelayMs: 0 };
  append(folder.create('t', 0, IDS[0], config));
  folder.remove('t', 0);
  const aside = world.disk.list('/d').find((name) => name.endsWith('-delete')) ?? '';
  const path = `/d/${aside}/00000000000000000000.log`;
  const file = world.disk.open(path);
  file.truncate(30 << 20);
  file.close();
  const sizes: number[] = [];
  const look = () => sizes.push((world.disk.stat(path)?.sizeBytes ?? 0) >> 20);
  folder.tick(world.clock.nowMs());
  for (let i = 0; i < 4; i++) {
    look();
    time.advance(10);
  }
  assert.deepEqual(sizes, [22, 14, 0, 0]);
  assert.equal(folder.trashSize, 0);
  folder.close(false);
});

test('[FOLD-12] a log that cannot be set aside is gone all the same, and never becomes part of a new one', () => {
  const world = testWorld();
  const folder = open(world);
  append(folder.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG), 3);
  const rename = world.disk.rename.bind(world.disk);
  world.disk.rename = () => {
    throw new DiskError('EIO', 'the test says no');
  };
  assert.throws(() => folder.remove('t', 0), DiskError);
  assert.equal(folder.logs.size, 0);
  assert.throws(() => folder.create('t', 0, IDS[1], DEFAULT_LOG_CONFIG), DiskError);
  world.disk.rename = rename;
  assert.equal(folder.create('t', 0, IDS[1], DEFAULT_LOG_CONFIG).endOffset, 0);
});

test('[FOLD-13] the files of a deleted segment stay for file.delete.delay.ms under another name, and not past the next start', () => {
  const world = testWorld();
  const config = { ...DEFAULT_LOG_CONFIG, segmentBytes: 90, fileDeleteDelayMs: 5000 };
  const folder = open(world, config);
  const log = folder.create('t', 0, IDS[0], config);
  for (let i = 0; i < 3; i++) append(log);
  const names = (of = world) => of.disk.list('/data/broker-1/t-0').filter((name) => /\.(log|index)/.test(name));
  log.deleteRecordsBefore(2);
  assert.deepEqual(
    names().filter((name) => name.includes('.log')),
    ['00000000000000000000.log.deleted', '00000000000000000001.log.deleted', '00000000000000000002.log'],
  );
  const crashed = testWorld(world.disk.copy());
  assert.equal(logOf(open(crashed, config), 't-0').endOffset, 3);
  assert.ok(names(crashed).every((name) => !name.endsWith('.deleted')));
  folder.tick(NOW_MS + 4999);
  assert.ok(names().some((name) => name.endsWith('.deleted')));
  folder.tick(NOW_MS + 5000);
  assert.ok(names().every((name) => !name.endsWith('.deleted')));
});

test('[FOLD-17] ticks flush nothing on the thread of the broker, whatever there is to be written down', async () => {
  const world = testWorld();
  const config = { ...DEFAULT_LOG_CONFIG, flushMs: 500, retentionMs: 1000, segmentBytes: 90 };
  const folder = open(world, config);
  const log = folder.create('t', 0, IDS[0], config);
  const asked = flushesAtOnce(world.disk);
  for (let i = 0; i < 6; i++) append(log);
  log.followStart(1);
  for (let nowMs = NOW_MS; nowMs < NOW_MS + 400_000; nowMs += 1000) {
    log.startEpoch(1 + nowMs);
    folder.tick(nowMs);
    await Promise.resolve();
  }
  assert.ok(log.startOffset > 1, 'retention deleted something');
  assert.deepEqual(asked, []);
  const read = (name: string) => world.disk.read(`/data/broker-1/${name}`)?.toString();
  for (const name of ['recovery-point', 'log-start', 'replication', 'cleaner']) {
    assert.notEqual(read(`${name}-offset-checkpoint`), undefined, name);
  }
  // The watch is alive: what a client deletes is written down before it is told so.
  append(log);
  log.deleteRecordsBefore(log.endOffset);
  assert.deepEqual(asked, ['replace /data/broker-1/log-start-offset-checkpoint']);
});

test('[FOLD-18] what a crash leaves of a file that was being replaced is removed at the next start', () => {
  const world = testWorld();
  const folder = open(world);
  append(folder.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG));
  folder.close(true);
  const left = [
    '/data/broker-1/recovery-point-offset-checkpoint.7.tmp',
    '/data/broker-1/t-0/leader-epoch-checkpoint.3.tmp',
  ];
  for (const path of left) world.disk.replace(path, 'half of it');
  assert.equal(logOf(open(world), 't-0').endOffset, 1);
  assert.deepEqual(
    left.filter((path) => world.disk.stat(path) !== null),
    [],
  );
});

test('[FOLD-19] leader epochs that a slow disk takes longer for than a tick are written once, and then count', async () => {
  const world = testWorld();
  const folder = open(world);
  const log = folder.create('t', 0, IDS[0], DEFAULT_LOG_CONFIG);
  append(log);
  const replaceLater = world.disk.replaceLater.bind(world.disk);
  const waiting: (() => void)[] = [];
  world.disk.replaceLater = async (path, bytes) => {
    if (path.endsWith('leader-epoch-checkpoint')) await new Promise<void>((resolve) => waiting.push(resolve));
    return replaceLater(path, bytes);
  };
  for (const laterMs of [0, 1000, 2000]) folder.tick(NOW_MS + laterMs);
  assert.equal(waiting.length, 1);
  assert.ok(log.hasUnstoredEpochs);
  waiting[0]?.();
  for (let i = 0; i < 9; i++) await Promise.resolve();
  assert.ok(!log.hasUnstoredEpochs && !log.isStoringEpochs);
  folder.tick(NOW_MS + 3000);
  assert.equal(waiting.length, 1);
});
