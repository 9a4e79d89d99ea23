// Every invariant must be able to fail: each checker is given a history that breaks it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeRecord, type MetadataRecord, record } from '../../engine/metadata/record.ts';
import { encodeBatch } from '../../protocol/records/record.ts';
import { CLUSTER_ID, type ClusterParts, SimCluster } from '../cluster.ts';
import { cleanedBy } from '../options.ts';
import { SimDisk } from '../world/disk.ts';
import { SimNet } from '../world/net.ts';
import { Prng } from '../world/prng.ts';
import { Scheduler } from '../world/scheduler.ts';
import { Process, SIM_COMPRESSION } from '../world/world.ts';
import { Acknowledged } from './clients/acknowledged.ts';
import { checkCopies } from './clients/copies.ts';
import { Groups } from './clients/groups.ts';
import { Newest } from './clients/newest.ts';
import { Owners } from './clients/owners.ts';
import { Transactions } from './clients/transactions.ts';
import { Committed } from './committed.ts';
import { Deadlines, type Parked } from './deadlines.ts';
import { checkFiles, checkTold, sameImages } from './final.ts';
import { LagWatch } from './lag.ts';
import { BatchRegister, NodeLogs, SeenLog } from './logs.ts';
import { Canon } from './metadata.ts';
import { ReplicaWatch } from './replicas.ts';
import { checkSleepers } from './sleepers.ts';
import { Violation } from './violation.ts';

const PATH = 'b1/t-0/00000000000000000000.log';
const TOPIC_ID = 'AQEBAQEBAQEBAQEBAQEBAQ';

function breaks(invariant: number, run: () => void): void {
  assert.throws(run, (error) => error instanceof Violation && error.invariant === invariant);
}
const batch = (baseOffset: number, leaderEpoch: number, ...values: string[]): Buffer =>
  encodeBatch({
    baseOffset,
    leaderEpoch,
    records: values.map((value) => ({ timestampMs: 0, key: null, value: Buffer.from(value) })),
  });
const isCleaned = cleanedBy({ internalRollMs: null });
const logsOf = (node = 'b1', register = new BatchRegister()) => new NodeLogs(node, register, isCleaned);

function canonOf(...records: MetadataRecord[]) {
  const canon = new Canon(CLUSTER_ID, SIM_COMPRESSION);
  const append = (...more: MetadataRecord[]): void => {
    const values = more.map((one) => ({ timestampMs: 0, key: null, value: encodeRecord(one) }));
    canon.append(encodeBatch({ baseOffset: canon.state.offset + 1, records: values }));
  };
  append(...records);
  return { canon, append };
}
const broker = (brokerId: number, brokerEpoch: number, fenced = false): MetadataRecord =>
  record('registerBroker', {
    brokerId,
    brokerEpoch,
    fenced,
    endPoints: [{ name: 'PLAINTEXT', host: 'h', port: 1, securityProtocol: 0 }],
  });
const topic = record('topic', { name: 't', topicId: TOPIC_ID });
const partition = (leader: number, isr: number[], leaderEpoch = 0, partitionEpoch = 0): MetadataRecord =>
  record('partition', {
    partitionId: 0,
    topicId: TOPIC_ID,
    replicas: [1, 2, 3],
    isr,
    leader,
    leaderEpoch,
    partitionEpoch,
  });

test('[SIM-8] invariants 2, 6 and 7 fail for a metadata log that breaks them', () => {
  const whole = [broker(1, 0), broker(2, 1), broker(3, 2, true), topic, partition(1, [1, 2])];
  breaks(2, () => canonOf(broker(1, 5)).append(broker(1, 4)));
  breaks(2, () => canonOf(...whole).append(partition(2, [1, 2], 0, 1)));
  breaks(2, () => canonOf(...whole).append(partition(1, [1], 0, 0)));
  breaks(6, () => canonOf(...whole).append(partition(1, [2], 0, 1)));
  breaks(6, () => canonOf(...whole).append(partition(1, [1, 9], 0, 1)));
  breaks(6, () => canonOf(...whole).append(partition(1, [], 0, 1)));
  breaks(7, () => canonOf(...whole).append(partition(1, [1, 2, 3], 0, 1)));
  breaks(7, () => canonOf(...whole).append(partition(3, [3], 1, 1)));
});

test('[SIM-8] invariants 3 and 15 fail for logs that break them', () => {
  const logs = logsOf();
  logs.appended(PATH, 0, [batch(0, 1, 'a', 'b')]);
  breaks(3, () => logs.appended(PATH, 100, [batch(3, 1, 'c')]));
  breaks(3, () => logs.appended(PATH, 100, [batch(2, 0, 'c')]));
  const register = new BatchRegister();
  logsOf('b1', register).appended(PATH, 0, [batch(0, 1, 'a')]);
  logsOf('b2', register).appended('b2/t-0/00000000000000000000.log', 0, [batch(0, 1, 'a')]);
  breaks(15, () => logsOf('b3', register).appended('b3/t-0/00000000000000000000.log', 0, [batch(0, 1, 'x')]));
  const next = 'b1/t-0/00000000000000000002.log';
  const whole = logsOf();
  whole.appended(PATH, 0, [batch(0, 0, 'a', 'b')]);
  whole.appended(next, 0, [batch(2, 0, 'c')]);
  checkFiles('t-0', 'b1', whole.get('t-0') as SeenLog);
  const disk = new SimDisk();
  disk.makeFolder('b1/t-0');
  disk.replace(PATH, Buffer.concat([batch(0, 0, 'a', 'b'), batch(2, 0, 'c')]));
  disk.replace(next, batch(2, 1, 'c'));
  whole.rescan(disk);
  breaks(3, () => checkFiles('t-0', 'b1', whole.get('t-0') as SeenLog));
});

test('[SIM-8] invariant 5 fails when what was committed is another batch later', () => {
  const committed = new Committed();
  const log = new SeenLog();
  log.segment(0).batches.push({ baseOffset: 0, lastOffset: 1, epoch: 1, crc: 7, maxTimestampMs: 0, endPosition: 70 });
  committed.shown('b1', 't-0', log, { from: 0, upTo: 2 });
  const other = new SeenLog();
  other.segment(0).batches.push({ baseOffset: 0, lastOffset: 1, epoch: 2, crc: 8, maxTimestampMs: 0, endPosition: 70 });
  breaks(5, () => committed.shown('b2', 't-0', other, { from: 0, upTo: 2 }));
  breaks(3, () => committed.shown('b1', 't-0', log, { from: 0, upTo: 3 }));
});

interface Fake {
  leaderEpoch: number;
  highWatermark: number;
  end: number;
  isLeader: boolean;
  /** Where its bytes end; `end` when absent. */
  endOnDisk?: number;
}
function watching(name = 't') {
  const { canon } = canonOf(broker(1, 0), broker(2, 1), broker(3, 2), topic, partition(1, [1, 2]));
  const nodes = new Map([1, 2].map((id) => [id, logsOf(`b${id}`)]));
  const watch = new ReplicaWatch({
    canon,
    committed: new Committed(),
    isCleaned,
    logsOf: (id) => nodes.get(id),
    isExcused: () => false,
    mark: () => {},
    trace: () => {},
  });
  const replicas = new Map<number, object>();
  const look = (id: number, fake: Fake): void => {
    const logs = nodes.get(id);
    if (logs === undefined) throw new Error('no such node');
    const path = `b${id}/${name}-0/00000000000000000000.log`;
    logs.removed(path);
    const { end, endOnDisk = end } = fake;
    const batches = Array.from({ length: endOnDisk }, (_, i) => batch(i, 0, `${i}`));
    if (endOnDisk > 0) logs.appended(path, 0, batches);
    else logs.truncated(path, 0);
    const replica = replicas.get(id) ?? {};
    replicas.set(id, replica);
    Object.assign(replica, {
      ...fake,
      topic: name,
      partition: 0,
      topicId: TOPIC_ID,
      leadership: fake.isLeader ? { inSyncReplicas: [1, 2] } : null,
      log: { endOffset: fake.end, startOffset: 0 },
      resting: new Set(),
    });
    watch.look({ id, name: `b${id}`, logs, replicas: () => [replica as never] });
  };
  return look;
}
const follower: Fake = { leaderEpoch: 1, highWatermark: 0, end: 2, isLeader: false };

test('[SIM-8] invariant 3 fails for a log that ends where no byte of it does, but for a cleaned one that was just cut there', () => {
  const bare: Fake = { ...follower, end: 3, endOnDisk: 1 };
  const look = watching('k');
  look(1, { ...follower, end: 5 });
  look(1, bare);
  look(1, { ...bare, leaderEpoch: 2 });
  breaks(3, () => look(1, { ...bare, end: 4 }));
  breaks(3, () => watching('k')(1, bare));
  breaks(3, () => {
    const cut = watching('k');
    cut(1, { ...follower, end: 5 });
    cut(1, { ...bare, endOnDisk: 4 });
  });
  breaks(3, () => {
    const plain = watching();
    plain(1, { ...follower, end: 5 });
    plain(1, bare);
  });
});

test('[SIM-8] invariants 1, 2, 3, 4, 5 and 6 fail for replicas that break them', () => {
  const leader = { ...follower, leaderEpoch: 0, isLeader: true };
  breaks(1, () => {
    const look = watching();
    look(1, leader);
    look(2, leader);
  });
  breaks(2, () => {
    const look = watching();
    look(1, follower);
    look(1, { ...follower, leaderEpoch: 0 });
  });
  breaks(3, () => watching()(1, { ...follower, highWatermark: 3 }));
  breaks(4, () => {
    const look = watching();
    look(1, { ...follower, highWatermark: 2 });
    look(1, { ...follower, highWatermark: 0, end: 0 });
  });
  breaks(5, () => {
    const look = watching();
    look(1, { ...follower, highWatermark: 2 });
    look(1, { ...follower, highWatermark: 1 });
  });
  breaks(6, () => watching()(1, { ...leader, highWatermark: 1 }));
});

test('[SIM-8] invariants 10 and 17 fail for records that are lost, doubled, moved or made up', () => {
  const kept = (lacking: number[] = []) => {
    const acknowledged = new Acknowledged({ lacking: () => lacking, isDeleted: () => false });
    acknowledged.tried('t', 0, ['p#0', 'p#1'], true);
    for (const [i, value] of ['p#0', 'p#1'].entries()) {
      const ack = { topic: 't', partition: 0, values: [value], baseOffset: i, acks: -1, isIdempotent: true };
      acknowledged.acknowledged(ack);
    }
    return acknowledged;
  };
  const final = (...values: string[]) =>
    kept().checkFinal(
      't',
      0,
      0,
      values.map((value, offset) => ({ offset, value })),
    );
  final('p#0', 'p#1');
  breaks(10, () => kept([2]));
  breaks(10, () => final('p#0'));
  breaks(10, () => final('p#1', 'p#0'));
  breaks(10, () => final('p#0', 'p#1', 'p#1'));
  breaks(17, () => final('p#0', 'p#1', 'q#0'));
});

test('[SIM-8] invariants 11, 12 and 13 fail for groups that break them', () => {
  const synced = { generation: 1, leaderId: 'a', memberId: 'a', partitions: ['t-0'], nowMs: 10 };
  const commit = { generation: 1, memberId: 'a', partition: 't-0', offset: 5, sentMs: 20, nowMs: 30 };
  const started = () => {
    const groups = new Groups();
    groups.synced('g', synced);
    groups.committed('g', commit);
    groups.read('a', 't-0', { position: 0, offset: 0, value: 'x' });
    return groups;
  };
  breaks(11, () => started().read('b', 't-0', { position: 0, offset: 0, value: 'y' }));
  breaks(11, () => started().read('b', 't-0', { position: 0, offset: 1, value: 'y' }));
  breaks(12, () => started().synced('g', { ...synced, memberId: 'b' }));
  breaks(12, () => started().synced('g', { ...synced, leaderId: 'b' }));
  breaks(12, () => {
    const groups = started();
    groups.synced('g', { ...synced, generation: 2, nowMs: 40 });
    groups.committed('g', { ...commit, sentMs: 50, nowMs: 60 });
  });
  breaks(13, () => started().fetched('g', 't-0', { offset: 4, sentMs: 40 }));
});

test('[SIM-8] invariant 16 fails for a broker that knows another cluster', () => {
  const one = canonOf(broker(1, 0), broker(2, 1), topic, partition(1, [1, 2])).canon.state;
  const two = canonOf(broker(1, 0), broker(2, 1), topic, partition(1, [1])).canon.state;
  sameImages('b1', one, one);
  breaks(16, () => sameImages('b1', two, one));
});

test('[SIM-8] invariant 14 fails when an answer did not come true', () => {
  const { state } = canonOf(topic).canon;
  const none = new Map();
  checkTold('b1', state, { told: new Map([['t', 'there']]), configs: none });
  breaks(14, () => checkTold('b1', state, { told: new Map([['t', 'gone']]), configs: none }));
  breaks(14, () => checkTold('b1', state, { told: new Map([['u', 'there']]), configs: none }));
  breaks(14, () => checkTold('b1', state, { told: none, configs: new Map([['t', '5']]) }));
});

test('[SIM-5] the checkers read a disk anew as they saw it written, up to what is torn', () => {
  const disk = new SimDisk();
  const logs = logsOf();
  disk.observer = logs;
  const view = disk.as({ later: (_, run) => run(), mayUse: () => {} });
  view.makeFolder('b1/t-0');
  const file = view.open(PATH);
  file.append([batch(0, 0, 'a')]);
  file.append([batch(1, 0, 'b', 'c')]);
  assert.equal(logs.get('t-0')?.endOffset, 3);
  file.append([Buffer.alloc(70)].slice(1));
  logs.rescan(disk);
  assert.equal(logs.get('t-0')?.endOffset, 3);
  file.truncate(file.sizeBytes() - 1);
  logs.rescan(disk);
  assert.equal(logs.get('t-0')?.endOffset, 1);
});

test('[SIM-8] invariant 11 fails for transactions that are seen in part, though aborted, twice or too early', () => {
  const page = { nextOffset: 2, lastStableOffset: 3, highWatermark: 3, records: [{ offset: 1, value: 'x#1' }] };
  const started = (end: 'committed' | 'aborted' | 'unknown') => {
    const transactions = new Transactions();
    transactions.wrote('x', 't-0', ['x#0', 'x#1']);
    transactions.ended('x', end);
    return transactions;
  };
  const final = (end: 'committed' | 'aborted' | 'unknown', ...values: string[]) =>
    started(end).checkFinal(new Map([['t-0', values.map((value, offset) => ({ offset, value }))]]));
  final('committed', 'x#0', 'x#1');
  final('unknown');
  final('aborted');
  breaks(11, () => final('committed', 'x#0'));
  breaks(11, () => final('unknown', 'x#0'));
  breaks(11, () => final('aborted', 'x#0', 'x#1'));
  breaks(11, () => final('committed', 'x#0', 'x#1', 'x#1'));
  breaks(11, () => started('aborted').read('r', 't-0', page));
  breaks(11, () => started('committed').read('r', 't-0', { ...page, lastStableOffset: 4 }));
  breaks(11, () => started('committed').read('r', 't-0', { ...page, nextOffset: 4 }));
  breaks(11, () => started('committed').zombie('x', 'a write', true));
  breaks(11, () => {
    const transactions = started('committed');
    transactions.read('r', 't-0', page);
    transactions.checkFinal(new Map([['t-0', ['x#0', 'x#1'].map((value, offset) => ({ offset, value }))]]));
  });
});

test('[SIM-8] invariant 12 fails when a partition is given away while a live member still has it', () => {
  const given = {
    partitions: ['t-0'],
    target: ['t-0'],
    by: 1,
    sentMs: 0,
    nowMs: 10,
    sessionMs: 1000,
    rebalanceMs: 4000,
  };
  const started = () => {
    const owners = new Owners(1);
    owners.led(0, 1, 0);
    owners.owns('g', 'a', given);
    return owners;
  };
  started().owns('g', 'b', { ...given, nowMs: 1000, sentMs: 990 });
  const released = started();
  released.keeps('g', 'a', []);
  released.owns('g', 'b', given);
  breaks(12, () => started().owns('g', 'b', { ...given, nowMs: 999 }));
  breaks(12, () => {
    const heard = started();
    heard.owns('g', 'a', { ...given, sentMs: 500, nowMs: 510 });
    heard.owns('g', 'b', { ...given, sentMs: 1390, nowMs: 1400 });
  });
  const asked = () => {
    const owners = started();
    owners.owns('g', 'a', { ...given, target: [], sentMs: 3500, nowMs: 3510 });
    return owners;
  };
  asked().owns('g', 'b', { ...given, sentMs: 3990, nowMs: 4000 });
  breaks(12, () => asked().owns('g', 'b', { ...given, sentMs: 3990, nowMs: 3999 }));
  const answeredLate = (nowMs: number) => {
    const owners = new Owners(1);
    owners.led(0, 1, 0);
    owners.owns('g', 'a', { ...given, sentMs: 900, nowMs: 910 });
    owners.owns('g', 'b', { ...given, sentMs: 100, nowMs });
    return owners;
  };
  // Its session was over before the answer left: nothing of it stands in the way of the others either.
  answeredLate(1100).owns('g', 'c', { ...given, sentMs: 1890, nowMs: 1900 });
  breaks(12, () => answeredLate(1099));
  breaks(12, () => answeredLate(1100).owns('g', 'c', { ...given, sentMs: 1890, nowMs: 1899 }));
});

test('[SIM-8] invariant 12: a broker that is no coordinator any more keeps nobody alive, but must know what it gave', () => {
  const given = {
    partitions: ['t-0'],
    target: ['t-0'],
    by: 1,
    sentMs: 0,
    nowMs: 10,
    sessionMs: 1000,
    rebalanceMs: 4000,
  };
  const replaced = () => {
    const owners = new Owners(1);
    owners.led(0, 1, 0);
    owners.owns('g', 'a', given);
    owners.led(0, 2, 100);
    owners.owns('g', 'a', { ...given, sentMs: 900, nowMs: 910 });
    return owners;
  };
  const taken = replaced();
  taken.owns('g', 'b', { ...given, by: 2, sentMs: 1095, nowMs: 1100 });
  taken.keeps('g', 'a', []);
  taken.owns('g', 'a', { ...given, sentMs: 1200, nowMs: 1210 });
  breaks(12, () => replaced().owns('g', 'b', { ...given, by: 2, sentMs: 1095, nowMs: 1099 }));
  breaks(12, () => replaced().owns('g', 'b', { ...given, sentMs: 920, nowMs: 930 }));
  breaks(12, () => {
    const owners = replaced();
    owners.owns('g', 'a', { ...given, by: 2, sentMs: 950, nowMs: 960 });
    owners.owns('g', 'b', { ...given, by: 2, sentMs: 1940, nowMs: 1949 });
  });
});

test('[SIM-8] invariant 9 fails for requests and parked fetches that are late, too many or left over', () => {
  const running = { address: { host: 'b1', port: 1 }, stop: async () => {} };
  const process = Object.assign(new Process('b1'), { isFrozen: false });
  const node = { id: 1, name: 'b1', generation: 1, running, process };
  const seen = (parked: Partial<Parked>) =>
    new Deadlines({ brokers: [node], parkedAt: () => ({ nowMs: 5000, heldCount: 0, fetches: [], ...parked }) });
  const asked = () => {
    const deadlines = seen({});
    const lane = deadlines.connecting('c', 1);
    const settled = lane?.asked('Metadata', null, 0);
    lane?.asked('Fetch', 100, 0);
    deadlines.look(9000);
    settled?.(900);
    return { deadlines, lane };
  };
  asked().deadlines.look(1800);
  breaks(9, () => asked().deadlines.look(1801));
  const restarted = asked().deadlines;
  node.generation = 2;
  restarted.look(1801);
  node.generation = 1;
  const thawed = asked().deadlines;
  process.isFrozen = true;
  thawed.look(5000);
  process.isFrozen = false;
  thawed.look(5800);
  breaks(9, () => thawed.look(5801));

  const asleep = seen({});
  process.isFrozen = true;
  asleep.look(1000.3);
  asleep.connecting('c', 1)?.asked('Fetch', 2000, 1200);
  // Between the last two 500.0000000000002 ms pass.
  for (const nowMs of [1500.3, 2000.3, 2500.3]) asleep.look(nowMs);
  process.isFrozen = false;
  asleep.look(5300);
  breaks(9, () => asleep.look(5301));

  const follower = { deadlineMs: 4400, isFollower: true };
  seen({ fetches: [follower] }).look(5000);
  seen({ fetches: [follower] }).checkIdle();
  breaks(9, () => seen({ fetches: [{ ...follower, deadlineMs: 4399 }] }).look(5000));
  breaks(9, () => seen({ heldCount: 1101 }).look(5000));
  breaks(9, () => seen({ fetches: [{ ...follower, isFollower: false }] }).checkIdle());
});

test('[SIM-8] invariant 6 fails for a follower that stays in sync far behind its leader; one that left and came back begins anew', () => {
  const lagMs = 1000;
  const watch = () => {
    const { canon, append } = canonOf(broker(1, 0), broker(2, 1), broker(3, 2), topic, partition(1, [1, 2]));
    const cluster = new SimCluster(
      { brokers: 3, settings: {}, racks: [], isCleaned },
      { ...({} as ClusterParts), onViolation: assert.ifError },
    );
    const running = { address: { host: 'h', port: 1 }, stop: async () => {} };
    for (const node of cluster.nodes) Object.assign(node, { running, process: new Process(node.name) });
    cluster.broker(1)?.logs.appended(PATH, 0, [batch(0, 0, 'a')]);
    const net = new SimNet(new Scheduler(), new Prng(1), { delayMs: 1, splitShare: 0, giveUpMs: [1, 2] });
    return { lag: new LagWatch({ canon, cluster, net, lagMs }), append };
  };
  const behind = watch().lag;
  for (const nowMs of [0, 500, 10_000]) behind.look(nowMs);
  breaks(6, () => behind.look(10_001));
  const { lag, append } = watch();
  for (const nowMs of [0, 10_000]) lag.look(nowMs);
  append(partition(1, [1], 0, 1));
  lag.look(15_000);
  append(partition(1, [1, 2], 0, 2));
  for (const nowMs of [20_000, 30_000]) lag.look(nowMs);
  breaks(6, () => lag.look(30_001));
});

test('[SIM-8] a group is where the newest answer said, be it to a commit or to a question', () => {
  const groups = new Groups();
  assert.equal(groups.reachedOf('g', 't-0'), -1);
  groups.fetched('g', 't-0', { offset: 5, sentMs: 0 });
  assert.equal(groups.reachedOf('g', 't-0'), 5);
});

test('[SIM-8] invariant 19 fails when an input is copied twice, not at all though the group is past it, or though it is not', () => {
  const input = { partition: 'ci-0', committedOffset: 2, endOffset: 3 };
  checkCopies([input], ['ci-0@1', 'ci-0@0']);
  breaks(19, () => checkCopies([input], ['ci-0@0', 'ci-0@1', 'ci-0@1']));
  breaks(19, () => checkCopies([input], ['ci-0@1']));
  breaks(19, () => checkCopies([input], ['ci-0@0', 'ci-0@1', 'ci-0@2']));
  breaks(19, () => checkCopies([input], ['ci-0@0', 'ci-0@1', 'ci-1@0']));
});

test('[SIM-8] invariant 20 fails when a key lost its newest value, an older one came back, or a tombstone went before its time', () => {
  const newest = new Newest();
  const write = (key: string, number: number, isTombstone = false) => {
    newest.tried('k-0', { key, number, isTombstone });
    newest.acknowledged('k-0', { key, number });
  };
  write('a', 0);
  write('a', 1);
  write('b', 2);
  write('b', 3, true);
  newest.tried('k-0', { key: 'a', number: 4, isTombstone: false });
  const a = { offset: 1, key: 'a', number: 1, isTombstone: false };
  const b = { offset: 3, key: 'b', number: 3, isTombstone: true };
  newest.check('b1', 'k-0', [a, b], true);
  newest.check('b1', 'k-0', [{ ...a, number: 0, offset: 0 }, b, { ...a, offset: 4, number: 4 }], true);
  newest.check('b1', 'k-0', [a], false);
  breaks(20, () => newest.check('b1', 'k-0', [a], true));
  breaks(20, () => newest.check('b1', 'k-0', [b], false));
  breaks(20, () => newest.check('b1', 'k-0', [{ ...a, number: 0 }, b], false));
  breaks(20, () => newest.check('b1', 'k-0', [a, { offset: 2, key: 'b', number: 2, isTombstone: false }], false));
  breaks(20, () => newest.check('b1', 'k-0', [a, { ...a, number: 0, offset: 2 }, b], false));
  breaks(17, () => newest.check('b1', 'k-0', [{ ...a, number: 7 }, b], false));
});

test('[SIM-8] 22: a follower that sleeps at the end of its leader’s log is left alone, one before it is not', () => {
  const sleeper = { partition: 't-0', how: 'rests', fetchOffset: 5, endOffset: 5 } as const;
  checkSleepers('b1', [sleeper, { ...sleeper, how: 'waits' }]);
  breaks(22, () => checkSleepers('b1', [{ ...sleeper, endOffset: 6 }]));
  breaks(22, () => checkSleepers('b1', [sleeper, { ...sleeper, how: 'waits', endOffset: 6 }]));
});
