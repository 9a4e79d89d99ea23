import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError } from '../../kernel/decode-error.ts';
import { MemoryDisk } from '../../kernel/memory-disk.ts';
import { MemoryNet } from '../../kernel/memory-net.ts';
import type { World } from '../../kernel/world.ts';
import { type MetadataRecord, record } from '../metadata/record.ts';
import { snapshot } from '../metadata/snapshot.ts';
import { MetadataState } from '../metadata/state.ts';
import { CLUSTER_ID, TestCluster } from '../metadata/testing/cluster.ts';
import { MetadataLog } from './metadata-log.ts';

const LOG_FILE = 'controller/__cluster_metadata-0/00000000000000000000.log';
const ignore = () => {};

function worldOn(disk: MemoryDisk): World {
  const unused = () => {
    throw new Error('not used by this test');
  };
  return {
    disk,
    clock: { nowMs: () => 1_700_000_000_000, monotonicMs: () => 0 },
    timers: { after: unused, soon: unused },
    random: { below: unused, uuid: unused },
    net: new MemoryNet(unused),
    compression: { compress: unused, decompress: unused },
    hashing: { sha2: unused, hmac: unused, stretch: unused },
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  };
}
function open(disk: MemoryDisk): { log: MetadataLog; state: MetadataState } {
  const state = new MetadataState(CLUSTER_ID);
  return { state, log: MetadataLog.open(worldOn(disk), 'controller', state) };
}
const contentOf = (state: MetadataState): MetadataRecord[] => [...snapshot(state)];

/** Runs commands and appends each one's records as one batch. */
function fill(log: MetadataLog, rounds: number): TestCluster {
  const cluster = new TestCluster();
  let appended = 0;
  const keep = () => {
    if (cluster.log.length > appended) log.append(cluster.log.slice(appended));
    appended = cluster.log.length;
  };
  cluster.start(1, 2, 3);
  keep();
  cluster.create({ name: 'kept', numPartitions: 3, configs: [{ name: 'retention.ms', value: '5' }] });
  keep();
  for (let round = 0; round < rounds; round++) {
    cluster.create({ name: 'passing', numPartitions: 1000 });
    keep();
    cluster.run('deleteTopics', { topics: [], topicNames: ['passing'], timeoutMs: 0 });
    keep();
  }
  return cluster;
}

test('[CTL-20] the log gives back what was decided, at the same offsets', async () => {
  const disk = new MemoryDisk();
  const { log } = open(disk);
  const cluster = fill(log, 1);
  await log.close();
  const again = open(disk);
  assert.deepEqual(contentOf(again.state), contentOf(cluster.state));
  assert.equal(again.state.offset, cluster.state.offset);
  assert.equal(again.log.endOffset, cluster.state.offset + 1);
});

test('[CTL-21] a decision whose batch was torn by a crash is there as a whole or not at all', () => {
  const disk = new MemoryDisk();
  const { log } = open(disk);
  const cluster = new TestCluster().start(1);
  log.append(cluster.log);
  const before = contentOf(cluster.state);
  const fullBytes = disk.stat(LOG_FILE)?.sizeBytes ?? 0;
  const from = cluster.log.length;
  cluster.create({ name: 'orders', numPartitions: 4 });
  log.append(cluster.log.slice(from));
  const endBytes = disk.stat(LOG_FILE)?.sizeBytes ?? 0;
  assert.ok(endBytes > fullBytes);
  for (let sizeBytes = fullBytes; sizeBytes <= endBytes; sizeBytes++) {
    const crashed = disk.copy();
    crashed.open(LOG_FILE).truncate(sizeBytes);
    const { state } = open(crashed);
    assert.deepEqual(contentOf(state), sizeBytes === endBytes ? contentOf(cluster.state) : before);
  }
});

test('[CTL-22] a short log is left alone; a long one begins anew with a snapshot, offsets counting on', async () => {
  const disk = new MemoryDisk();
  const { log } = open(disk);
  const cluster = fill(log, 2);
  await log.compactIfLong(cluster.state);
  assert.equal(log.startOffset, 0);
  const long = open(new MemoryDisk()).log;
  const other = fill(long, 6);
  const end = long.endOffset;
  const before = contentOf(other.state);
  await long.compactIfLong(other.state);
  assert.equal(long.startOffset, end);
  assert.equal(long.endOffset, end + before.length);
  assert.equal(other.state.offset, long.endOffset - 1);
  assert.deepEqual(contentOf(other.state), before);
  assert.equal(long.read(end - 1, 1000), null, 'what came before is out of range');
});

test('[CTL-23] a crash at any step of beginning anew loses nothing', async () => {
  const filled = new MemoryDisk();
  const { log } = open(filled);
  const cluster = fill(log, 6);
  await log.close();
  const expected = contentOf(cluster.state);
  let steps = 0;
  for (let failAt = 0; ; failAt++) {
    const disk = filled.copy();
    const { log: compacting, state } = open(disk);
    let count = 0;
    disk.refuse = () => (count++ >= failAt ? 'EIO' : null);
    let hasFailed = false;
    try {
      await compacting.compactIfLong(state);
    } catch (error) {
      // A refused append is a broken belief of the controller: its thread ends there, as in a crash.
      assert.ok(error instanceof Error);
      hasFailed = true;
    }
    disk.refuse = null;
    const after = open(disk.copy());
    assert.deepEqual(contentOf(after.state), expected, `failed at step ${failAt}`);
    assert.ok(after.state.offset >= cluster.state.offset);
    if (!hasFailed && count <= failAt) break;
    steps++;
  }
  assert.ok(steps >= 3, `${steps} steps were tried`);
});

test('[CTL-25] a decision that fits into no batch is refused whole, and the log goes on', () => {
  const { log } = open(new MemoryDisk());
  const value = 'x'.repeat(32_000);
  const large = Array.from({ length: 600 }, (_, i) =>
    record('config', { resourceType: 32, resourceName: `g${i}`, name: 'n', value }),
  );
  assert.throws(() => log.append(large), DecodeError);
  assert.equal(log.endOffset, 0);
  assert.equal(log.append(large.slice(0, 2)), 0);
});

test('[CTL-24] brokers are given no record before it survives a power loss', async () => {
  const { log } = open(new MemoryDisk());
  let durable = 0;
  log.onDurable = () => {
    durable = log.durableEndOffset;
  };
  fill(log, 0);
  assert.ok(log.endOffset > 0);
  assert.equal(log.durableEndOffset, 0);
  assert.equal(log.read(0, 1_000_000)?.length, 0);
  await log.flush();
  assert.deepEqual([log.durableEndOffset, durable], [log.endOffset, log.endOffset]);
  assert.ok((log.read(0, 1_000_000)?.length ?? 0) > 0);
});
