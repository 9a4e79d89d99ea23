import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import { deleteTopics } from '../../../protocol/schema/20-delete-topics.ts';
import { deleteRecords } from '../../../protocol/schema/21-delete-records.ts';
import { record } from '../../metadata/record.ts';
import type { Broker } from '../broker.ts';
import { batchOf, TestBroker } from '../testing/test-broker.ts';

let broker: TestBroker;
before(async () => {
  broker = await TestBroker.start();
});
after(() => broker.stop());

/** Base offsets of whole batches, in order. */
function baseOffsets(records: Buffer | null): number[] {
  const offsets: number[] = [];
  const bytes = records ?? Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at + 8) + 12)
    offsets.push(Number(bytes.readBigInt64BE(at)));
  return offsets;
}

test('[FET-1] every version from 4 to 18 gives the same bytes', async () => {
  const topicId = await broker.createTopic('versions');
  await broker.produce('versions', batchOf(['a', 'b']));
  for (let version = 4; version <= 18; version++) {
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }];
    const topics = [{ topic: 'versions', topicId, partitions }];
    const answer = await broker.ask(fetch, { minBytes: 1, topics }, version);
    const partition = answer.responses[0]?.partitions[0];
    assert.equal(partition?.errorCode, ErrorCode.NONE, `version ${version}`);
    assert.deepEqual(baseOffsets(partition?.records ?? null), [0]);
    assert.deepEqual([partition?.highWatermark, partition?.lastStableOffset], [2, 2]);
    assert.equal(partition?.abortedTransactions, null);
  }
});

test('[FET-2] an offset within a batch gives the whole batch', async () => {
  await broker.createTopic('within');
  await broker.produce('within', batchOf(['a', 'b', 'c']));
  await broker.produce('within', batchOf(['d']));
  assert.deepEqual(baseOffsets((await broker.fetch('within', 2)).records), [0, 3]);
  assert.deepEqual(baseOffsets((await broker.fetch('within', 3)).records), [3]);
});

test('[FET-3] a fetch at the end is parked until data comes', async () => {
  await broker.createTopic('wait');
  const started = broker.startFetch('wait', 0, { maxWaitMs: 10_000 }, await broker.connect());
  await broker.world.settle();
  await broker.produce('wait', batchOf(['news']));
  const before = broker.world.clock.monotonicMs();
  const answer = await broker.world.until(started);
  assert.ok(broker.world.clock.monotonicMs() - before <= 10);
  assert.deepEqual(baseOffsets(answer.responses[0]?.partitions[0]?.records ?? null), [0]);
});

test('[FET-4] a parked fetch is answered empty after max.wait, with the watermark', async () => {
  await broker.createTopic('silent');
  await broker.produce('silent', batchOf(['a']));
  const before = broker.world.clock.monotonicMs();
  const answer = await broker.fetch('silent', 1, { maxWaitMs: 500 });
  const waitedMs = broker.world.clock.monotonicMs() - before;
  assert.ok(waitedMs >= 500 && waitedMs <= 520, `waited ${waitedMs} ms`);
  assert.deepEqual([answer.records?.length, answer.highWatermark, answer.logStartOffset], [0, 1, 0]);
  assert.equal(answer.lastStableOffset, 1);
});

test('[FET-5] min.bytes is met over time, not by the first byte', async () => {
  await broker.createTopic('enough');
  const one = batchOf(['x']).length;
  const started = broker.startFetch('enough', 0, { maxWaitMs: 10_000, minBytes: 2 * one }, await broker.connect());
  let isDone = false;
  void started.then(() => {
    isDone = true;
  });
  await broker.produce('enough', batchOf(['x']));
  await broker.world.settle();
  assert.equal(isDone, false);
  await broker.produce('enough', batchOf(['y']));
  const answer = await broker.world.until(started);
  assert.deepEqual(baseOffsets(answer.responses[0]?.partitions[0]?.records ?? null), [0, 1]);
});

test('[FET-6] byte limits are soft: the first partition with data gives one whole batch, then they hold', async () => {
  await broker.createTopic('limits', 2);
  const size = batchOf(['x'.repeat(100)]).length;
  for (const partition of [0, 0, 1]) await broker.produce('limits', batchOf(['x'.repeat(100)]), { partition });
  assert.deepEqual(baseOffsets((await broker.fetch('limits', 0, { partitionMaxBytes: 1 })).records), [0]);
  assert.deepEqual(baseOffsets((await broker.fetch('limits', 0, { partitionMaxBytes: 2 * size })).records), [0, 1]);
  const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 10_000 }));
  const answer = await broker.ask(
    fetch,
    { minBytes: 1, maxBytes: size, topics: [{ topic: 'limits', partitions }] },
    12,
  );
  const read = answer.responses[0]?.partitions.map((partition) => baseOffsets(partition.records));
  assert.deepEqual(read, [[0], []]);
});

test('[FET-30] partitions are served in the order they were asked for, within the fetch.max.bytes of the broker', async () => {
  const sizeBytes = batchOf(['x'.repeat(1000)]).length;
  const small = await TestBroker.start({ settings: { 'fetch.max.bytes': String(2 * sizeBytes) } });
  await small.createTopic('a', 2);
  await small.createTopic('b');
  for (const [topic, partition] of [
    ['a', 0],
    ['a', 1],
    ['b', 0],
    ['b', 0],
  ] as const) {
    await small.produce(topic, batchOf(['x'.repeat(1000)]), { partition });
  }
  const ask = async (...asked: readonly (readonly [string, number])[]) => {
    const topics = asked.map(([topic, partition]) => ({
      topic,
      partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1_000_000 }],
    }));
    const answer = await small.ask(fetch, { minBytes: 1, maxBytes: 50_000_000, topics }, 12);
    return answer.responses.map(({ topic, partitions }) => [
      topic,
      ...partitions.map((one) => [one.partitionIndex, baseOffsets(one.records).length]),
    ]);
  };
  assert.deepEqual(await ask(['a', 1], ['b', 0], ['a', 0]), [
    ['a', [1, 1]],
    ['b', [0, 1]],
    ['a', [0, 0]],
  ]);
  assert.deepEqual(await ask(['b', 0], ['a', 0], ['a', 1]), [
    ['b', [0, 2]],
    ['a', [0, 0], [1, 0]],
  ]);
  await small.stop();
});

test('[FET-31] an answer comes at once with no time to wait, nothing to follow, no bytes wanted, or an error of one partition', async () => {
  await broker.createTopic('now', 2);
  await broker.produce('now', batchOf(['a']));
  const { clock } = broker.world;
  const at = (partition: number, o: object = {}) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000, ...o });
  const waited = async (input: { maxWaitMs?: number; minBytes?: number }, ...partitions: ReturnType<typeof at>[]) => {
    const startMs = clock.monotonicMs();
    const topics = partitions.length === 0 ? [] : [{ topic: 'now', partitions }];
    await broker.ask(fetch, { maxWaitMs: 5000, minBytes: 1_000_000, ...input, topics }, 12);
    return clock.monotonicMs() - startMs;
  };
  assert.ok((await waited({}, at(0), at(1))) >= 5000);
  assert.ok((await waited({}, at(1))) >= 5000);
  for (const [what, tookMs] of [
    ['no time', await waited({ maxWaitMs: 0 }, at(1))],
    ['less than no time', await waited({ maxWaitMs: -1 }, at(1))],
    ['nothing asked for', await waited({})],
    ['no bytes wanted', await waited({ minBytes: 0 }, at(1))],
    ['an error of one', await waited({}, at(1), at(7))],
    ['outside the log', await waited({}, at(0, { fetchOffset: 9 }), at(1))],
    ['an epoch to come', await waited({}, at(0), at(1, { currentLeaderEpoch: 9 }))],
    ['a history nobody knows', await waited({}, at(0, { fetchOffset: 1, lastFetchedEpoch: 5 }), at(1))],
  ] as const) {
    assert.ok(tookMs <= 10, `${what}: ${tookMs} ms`);
  }
});

test('[FET-7] outside the log is OFFSET_OUT_OF_RANGE at once, and nothing else is said of it', async () => {
  await broker.createTopic('range');
  await broker.produce('range', batchOf(['a', 'b', 'c']));
  const beyond = await broker.fetch('range', 4, { maxWaitMs: 10_000 });
  const places = ({ highWatermark, lastStableOffset, logStartOffset }: typeof beyond) => [
    highWatermark,
    lastStableOffset,
    logStartOffset,
  ];
  assert.deepEqual([beyond.errorCode, places(beyond)], [ErrorCode.OFFSET_OUT_OF_RANGE, [-1, -1, -1]]);
  const topics = [{ name: 'range', partitions: [{ partitionIndex: 0, offset: 2 }] }];
  const deleted = await broker.ask(deleteRecords, { topics, timeoutMs: 1000 });
  assert.deepEqual(deleted.topics[0]?.partitions, [{ partitionIndex: 0, lowWatermark: 2, errorCode: 0 }]);
  const below = await broker.fetch('range', 1);
  assert.deepEqual([below.errorCode, places(below)], [ErrorCode.OFFSET_OUT_OF_RANGE, [-1, -1, -1]]);
  assert.equal(below.abortedTransactions, null);
  assert.deepEqual(baseOffsets((await broker.fetch('range', 2)).records), [0]);
});

test('[FET-8] leader epochs: lower is fenced, higher is unknown', async () => {
  await broker.createTopic('epochs');
  assert.equal((await broker.fetch('epochs', 0, { currentLeaderEpoch: 0 })).errorCode, ErrorCode.NONE);
  assert.equal((await broker.fetch('epochs', 0, { currentLeaderEpoch: 1 })).errorCode, ErrorCode.UNKNOWN_LEADER_EPOCH);
  assert.equal((await broker.fetch('epochs', 0, { currentLeaderEpoch: -1 })).errorCode, ErrorCode.NONE);
});

test('[FET-9] a history that goes further than ours is told where it parts', async () => {
  await broker.createTopic('parted');
  await broker.produce('parted', batchOf(['a']));
  const agreed = await broker.fetch('parted', 1, { lastFetchedEpoch: 0 });
  assert.deepEqual([agreed.errorCode, agreed.divergingEpoch.epoch], [ErrorCode.NONE, -1]);
  const topic = broker.controller.image.topics.get('parted');
  assert.ok(topic);
  const { topicId } = topic;
  for (let i = 0; i < 2; i++) {
    broker.controller.commit([record('partitionChange', { topicId, partitionId: 0, leader: 1 })]);
  }
  await broker.produce('parted', batchOf(['b']));
  const startMs = broker.world.clock.monotonicMs();
  const parted = await broker.fetch('parted', 3, { lastFetchedEpoch: 1, maxWaitMs: 10_000 });
  assert.ok(broker.world.clock.monotonicMs() - startMs <= 10, 'at once');
  assert.deepEqual(parted.divergingEpoch, { epoch: 0, endOffset: 1 });
  assert.equal((await broker.fetch('parted', 2, { lastFetchedEpoch: 2 })).divergingEpoch.epoch, -1);
  const strange = await broker.fetch('parted', 2, { lastFetchedEpoch: 9 });
  assert.equal(strange.errorCode, ErrorCode.OFFSET_OUT_OF_RANGE);
  assert.equal((await broker.fetch('parted', 2, { currentLeaderEpoch: 1 })).errorCode, ErrorCode.FENCED_LEADER_EPOCH);
});

test('[FET-10] deleting a topic wakes who waits for it', async () => {
  await broker.createTopic('doomed');
  const started = broker.startFetch('doomed', 0, { maxWaitMs: 60_000 }, await broker.connect());
  await broker.world.settle();
  await broker.ask(deleteTopics, { topics: [{ name: 'doomed' }], timeoutMs: 1000 });
  const answer = await broker.world.until(started, 1000);
  assert.equal(answer.responses[0]?.partitions[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('[FET-11] a closed connection takes its parked fetch along', async () => {
  await broker.createTopic('left');
  const client = await broker.connect();
  const started = broker.startFetch('left', 0, { maxWaitMs: 86_400_000 }, client);
  started.catch(() => {});
  await broker.world.settle();
  const { parked } = (broker.node as unknown as Broker).replicas;
  assert.equal(parked.count, 1);
  client.close();
  await broker.world.settle();
  assert.equal(parked.count, 0);
  const answer = await broker.produce('left', batchOf(['x']));
  assert.equal(answer.errorCode, ErrorCode.NONE);
});

test('[FET-12] unknown topics: by name and by id', async () => {
  const nowhere = await broker.fetch('nowhere', 0);
  assert.deepEqual([nowhere.errorCode, nowhere.abortedTransactions], [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, []]);
  const topics = [{ topicId: 'BwcHBwcHBwcHBwcHBwcHBw', partitions: [{ partition: 0, partitionMaxBytes: 1 }] }];
  const answer = await broker.ask(fetch, { minBytes: 1, maxWaitMs: 5000, topics }, 13);
  assert.equal(answer.responses[0]?.partitions[0]?.errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
});

test('[FET-13] read_committed gets an empty list where nothing was aborted', async () => {
  await broker.createTopic('committed');
  await broker.produce('committed', batchOf(['x']));
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1000 }];
  const topics = [{ topic: 'committed', partitions }];
  const answer = await broker.ask(fetch, { isolationLevel: 1, minBytes: 1, topics }, 12);
  assert.deepEqual(answer.responses[0]?.partitions[0]?.abortedTransactions, []);
});

test('[FET-14] a session answers only news, follows changes and forgets what is forgotten', async () => {
  await broker.createTopic('session', 3);
  await broker.produce('session', batchOf(['x']), { partition: 1 });
  const at = (partition: number, fetchOffset: number) => ({ partition, fetchOffset, partitionMaxBytes: 1000 });
  const ask = (input: object) => broker.ask(fetch, { minBytes: 1, maxWaitMs: 0, ...input }, 12);
  const shown = (answer: Awaited<ReturnType<typeof ask>>) =>
    answer.responses.flatMap((topic) => topic.partitions.map((partition) => partition.partitionIndex));

  const full = await ask({
    sessionEpoch: 0,
    topics: [{ topic: 'session', partitions: [at(0, 0), at(1, 0), at(2, 0)] }],
  });
  const { sessionId } = full;
  assert.ok(sessionId > 0);
  assert.deepEqual(shown(full), [0, 1, 2]);

  const moved = await ask({ sessionId, sessionEpoch: 1, topics: [{ topic: 'session', partitions: [at(1, 1)] }] });
  assert.deepEqual(shown(moved), [], 'nothing is new');
  await broker.produce('session', batchOf(['y']), { partition: 2 });
  const news = await ask({ sessionId, sessionEpoch: 2, topics: [] });
  assert.deepEqual(shown(news), [2]);
  assert.equal(news.sessionId, sessionId);

  await broker.produce('session', batchOf(['z']), { partition: 0 });
  const forgottenTopicsData = [{ topic: 'session', partitions: [0, 2] }];
  assert.deepEqual(shown(await ask({ sessionId, sessionEpoch: 3, topics: [], forgottenTopicsData })), []);

  assert.equal((await ask({ sessionId, sessionEpoch: 3 })).errorCode, ErrorCode.INVALID_FETCH_SESSION_EPOCH);
  assert.equal((await ask({ sessionId: 77, sessionEpoch: 3 })).errorCode, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  const byId = await broker.ask(fetch, { sessionId, sessionEpoch: 4, minBytes: 1 }, 13);
  assert.equal(byId.errorCode, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
  await ask({ sessionId, sessionEpoch: -1 });
  assert.equal((await ask({ sessionId, sessionEpoch: 4 })).errorCode, ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
});

test('[FET-15] an incremental fetch waits on every partition the session follows', async () => {
  await broker.createTopic('followed', 2);
  const client = await broker.connect();
  const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 }));
  const full = client.send(
    fetch,
    12,
    { sessionEpoch: 0, minBytes: 1, topics: [{ topic: 'followed', partitions }] },
    120_000,
  );
  const { sessionId } = await broker.world.until(full);
  const started = client.send(fetch, 12, { sessionId, sessionEpoch: 1, minBytes: 1, maxWaitMs: 60_000 }, 120_000);
  await broker.world.settle();
  await broker.produce('followed', batchOf(['x']), { partition: 1 });
  const answer = await broker.world.until(started, 1000);
  assert.deepEqual(
    answer.responses.map((topic) => topic.partitions.map((partition) => partition.partitionIndex)),
    [[1]],
  );
});

test('[FET-32] without a session (0, −1) every partition is answered each time, and none is begun', async () => {
  await broker.createTopic('alone', 2);
  const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 }));
  for (let i = 0; i < 2; i++) {
    for (const version of [6, 7, 12]) {
      const answer = await broker.ask(fetch, { minBytes: 1, topics: [{ topic: 'alone', partitions }] }, version);
      assert.equal(answer.sessionId, 0);
      assert.deepEqual(
        answer.responses[0]?.partitions.map((one) => one.partitionIndex),
        [0, 1],
      );
    }
  }
});

test('[FET-33] in a session a start of the log that moved is news, without a record', async () => {
  await broker.createTopic('cut');
  for (let i = 0; i < 3; i++) await broker.produce('cut', batchOf(['x']));
  const ask = (input: object) => broker.ask(fetch, { minBytes: 1, maxWaitMs: 0, ...input }, 12);
  const partitions = [{ partition: 0, fetchOffset: 3, partitionMaxBytes: 1000 }];
  const { sessionId } = await ask({ sessionEpoch: 0, topics: [{ topic: 'cut', partitions }] });
  assert.deepEqual((await ask({ sessionId, sessionEpoch: 1 })).responses, []);
  const topics = [{ name: 'cut', partitions: [{ partitionIndex: 0, offset: 2 }] }];
  await broker.ask(deleteRecords, { topics, timeoutMs: 1000 });
  const news = (await ask({ sessionId, sessionEpoch: 2 })).responses[0]?.partitions[0];
  assert.deepEqual([news?.logStartOffset, news?.highWatermark, news?.records?.length], [2, 3, 0]);
  assert.deepEqual((await ask({ sessionId, sessionEpoch: 3 })).responses, []);
});
