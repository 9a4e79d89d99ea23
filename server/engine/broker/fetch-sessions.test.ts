import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../protocol/errors.ts';
import { fetch } from '../../protocol/schema/01-fetch.ts';
import type { PartitionRead } from './fetch-read.ts';
import { FetchSessions, followedOf, newsOf } from './fetch-sessions.ts';
import { TestWorld } from './testing/test-world.ts';

function requestOf(input: Parameters<typeof fetch.request.encode>[1]) {
  return fetch.request.decode(fetch.request.encode(12, input), 12);
}
function readOf(partition: number, highWatermark: number, o: Partial<PartitionRead> = {}): PartitionRead {
  return {
    asked: {
      topic: 't',
      topicId: 'AAAAAAAAAAAAAAAAAAAAAA',
      partition,
      currentLeaderEpoch: -1,
      fetchOffset: 0,
      lastFetchedEpoch: -1,
      logStartOffset: -1,
      highWatermark: Number.MAX_SAFE_INTEGER,
      maxBytes: 100,
    },
    replica: null,
    errorCode: ErrorCode.NONE,
    highWatermark,
    lastStableOffset: highWatermark,
    abortedTransactions: null,
    logStartOffset: 0,
    divergingEpoch: null,
    preferredReadReplica: -1,
    isHeldBack: false,
    records: Buffer.alloc(0),
    ...o,
  };
}
const indexes = (reads: readonly PartitionRead[]) => reads.map((read) => read.asked.partition);

test('[FET-16] sessions are bounded: a full cache gives none until the oldest was idle for two minutes', async () => {
  const world = new TestWorld();
  const sessions = new FetchSessions(world, 2);
  const [a, b] = [sessions.create([readOf(0, 0)], false), sessions.create([readOf(0, 0)], false)];
  assert.ok(a !== null && b !== null);
  assert.equal(sessions.create([readOf(0, 0)], false), null);
  await world.advance(119_999);
  assert.equal(sessions.open(requestOf({ sessionId: a.id, sessionEpoch: 1 }), false).kind, 'incremental');
  await world.advance(1);
  const c = sessions.create([readOf(0, 0)], false);
  assert.ok(c !== null);
  assert.equal(sessions.count, 2);
  assert.equal(sessions.open(requestOf({ sessionId: b.id, sessionEpoch: 1 }), false).kind, 'refused');
  assert.equal(sessions.open(requestOf({ sessionId: a.id, sessionEpoch: 2 }), false).kind, 'incremental');
});

test('[FET-17] an error is news every time, and what follows it is news once', () => {
  const sessions = new FetchSessions(new TestWorld(), 10);
  const session = sessions.create([readOf(0, 5)], false);
  assert.ok(session !== null);
  const failed = readOf(0, -1, { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, logStartOffset: -1 });
  assert.deepEqual(indexes(newsOf(session, [failed])), [0]);
  assert.deepEqual(indexes(newsOf(session, [failed])), [0]);
  assert.deepEqual(indexes(newsOf(session, [readOf(0, 5)])), [0]);
  assert.deepEqual(indexes(newsOf(session, [readOf(0, 5)])), []);
});

test('[FET-17] a moved watermark, a history that parts and a closer replica are news', () => {
  const session = new FetchSessions(new TestWorld(), 10).create([readOf(0, 5)], false);
  assert.ok(session !== null);
  const isNews = (read: PartitionRead) => newsOf(session, [read]).length === 1;
  assert.deepEqual([isNews(readOf(0, 6)), isNews(readOf(0, 6))], [true, false]);
  const parted = readOf(0, 6, { divergingEpoch: { epoch: 1, endOffset: 2 } });
  assert.deepEqual(
    [isNews(parted), isNews(parted), isNews(readOf(0, 6)), isNews(readOf(0, 6))],
    [true, true, true, false],
  );
  const closer = readOf(0, 6, { preferredReadReplica: 3 });
  assert.deepEqual([isNews(closer), isNews(closer)], [true, true]);
});

test('[FET-18] a partition that gave data goes to the back', () => {
  const sessions = new FetchSessions(new TestWorld(), 10);
  const session = sessions.create([readOf(0, 0), readOf(1, 0), readOf(2, 0)], false);
  assert.ok(session !== null);
  newsOf(session, [readOf(0, 9, { records: Buffer.alloc(1) }), readOf(1, 0), readOf(2, 1)]);
  assert.deepEqual(
    followedOf(session).map((asked) => asked.partition),
    [1, 2, 0],
  );
});

test('[FET-19] the epoch wraps to 1', () => {
  const sessions = new FetchSessions(new TestWorld(), 10);
  const session = sessions.create([readOf(0, 0)], false);
  assert.ok(session !== null);
  session.nextEpoch = 2147483647;
  sessions.open(requestOf({ sessionId: session.id, sessionEpoch: 2147483647 }), false);
  assert.equal(session.nextEpoch, 1);
});
