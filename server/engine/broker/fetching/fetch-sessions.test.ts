import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import { TestWorld } from '../testing/test-world.ts';
import type { PartitionRead } from './fetch-read.ts';
import { CONSUMER_BY_NAME, FetchSessions } from './fetch-sessions.ts';

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
  const [a, b] = [sessions.create([readOf(0, 0)], CONSUMER_BY_NAME), sessions.create([readOf(0, 0)], CONSUMER_BY_NAME)];
  assert.ok(a !== null && b !== null);
  assert.equal(sessions.create([readOf(0, 0)], CONSUMER_BY_NAME), null);
  await world.advance(119_999);
  assert.equal(sessions.open(requestOf({ sessionId: a.id, sessionEpoch: 1 }), CONSUMER_BY_NAME).kind, 'incremental');
  await world.advance(1);
  const c = sessions.create([readOf(0, 0)], CONSUMER_BY_NAME);
  assert.ok(c !== null);
  assert.equal(sessions.count, 2);
  assert.equal(sessions.open(requestOf({ sessionId: b.id, sessionEpoch: 1 }), CONSUMER_BY_NAME).kind, 'refused');
  assert.equal(sessions.open(requestOf({ sessionId: a.id, sessionEpoch: 2 }), CONSUMER_BY_NAME).kind, 'incremental');
});

test('[FET-17] an error is news every time, and what follows it is news once', () => {
  const sessions = new FetchSessions(new TestWorld(), 10);
  const session = sessions.create([readOf(0, 5)], CONSUMER_BY_NAME);
  assert.ok(session !== null);
  const failed = readOf(0, -1, { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, logStartOffset: -1 });
  assert.deepEqual(indexes(session.newsOf([failed])), [0]);
  assert.deepEqual(indexes(session.newsOf([failed])), [0]);
  assert.deepEqual(indexes(session.newsOf([readOf(0, 5)])), [0]);
  assert.deepEqual(indexes(session.newsOf([readOf(0, 5)])), []);
});

test('[FET-17] a moved watermark, a history that parts and a closer replica are news', () => {
  const session = new FetchSessions(new TestWorld(), 10).create([readOf(0, 5)], CONSUMER_BY_NAME);
  assert.ok(session !== null);
  const isNews = (read: PartitionRead) => session.newsOf([read]).length === 1;
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
  const session = sessions.create([readOf(0, 0), readOf(1, 0), readOf(2, 0)], CONSUMER_BY_NAME);
  assert.ok(session !== null);
  session.newsOf([readOf(0, 9, { records: Buffer.alloc(1) }), readOf(1, 0), readOf(2, 1)]);
  assert.deepEqual(
    session.toRead().map((asked) => asked.partition),
    [1, 2, 0],
  );
});

test('[FET-19] the epoch wraps to 1', () => {
  const sessions = new FetchSessions(new TestWorld(), 10);
  const session = sessions.create([readOf(0, 0)], CONSUMER_BY_NAME);
  assert.ok(session !== null);
  session.nextEpoch = 2147483647;
  sessions.open(requestOf({ sessionId: session.id, sessionEpoch: 2147483647 }), CONSUMER_BY_NAME);
  assert.equal(session.nextEpoch, 1);
});

const follower = (brokerId: number, brokerEpoch = 5) => ({ isById: false, follower: { brokerId, brokerEpoch } });

test('[FET-20] followers get a session at the cost of consumers, and never the other way round', () => {
  const sessions = new FetchSessions(new TestWorld(), 2);
  const consumer = sessions.create([readOf(0, 0)], CONSUMER_BY_NAME);
  assert.ok(consumer !== null && sessions.create([readOf(0, 0)], follower(1)) !== null);
  assert.equal(sessions.create([readOf(0, 0)], CONSUMER_BY_NAME), null);
  assert.notEqual(sessions.create([readOf(0, 0)], follower(2)), null);
  assert.equal(sessions.count, 2);
  const again = sessions.open(requestOf({ sessionId: consumer.id, sessionEpoch: 1 }), CONSUMER_BY_NAME);
  assert.deepEqual(again, { kind: 'refused', errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND });
  assert.equal(sessions.create([readOf(0, 0)], follower(3)), null, 'nor of each other');
});

test('[FET-21] a follower has one session, of one incarnation: the next one, or another epoch, ends it', () => {
  const sessions = new FetchSessions(new TestWorld(), 10);
  const first = sessions.create([readOf(0, 0)], follower(1));
  const second = sessions.create([readOf(0, 0)], follower(1));
  assert.ok(first !== null && second !== null);
  assert.equal(sessions.count, 1);
  const ask = (id: number, asking: typeof CONSUMER_BY_NAME) =>
    sessions.open(requestOf({ sessionId: id, sessionEpoch: 1 }), asking).kind;
  assert.equal(ask(first.id, follower(1)), 'refused');
  assert.equal(ask(second.id, follower(1, 6)), 'refused');
  assert.equal(ask(second.id, follower(2)), 'refused');
  assert.equal(ask(second.id, CONSUMER_BY_NAME), 'refused');
  sessions.endOf({ brokerId: 1, brokerEpoch: 4 });
  assert.equal(ask(second.id, follower(1)), 'incremental');
  sessions.endOf({ brokerId: 1, brokerEpoch: 5 });
  assert.equal(sessions.count, 0);
});
