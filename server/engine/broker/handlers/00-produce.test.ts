import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { Codec, readBatchHeader } from '../../../protocol/records/batch.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { produce } from '../../../protocol/schema/00-produce.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import { createCompression } from '../../host/codecs/compression.ts';
import { batchOf, TestBroker } from '../testing/test-broker.ts';
import { TestWorld } from '../testing/test-world.ts';

let broker: TestBroker;
before(async () => {
  broker = await TestBroker.start();
});
after(() => broker.stop());

test('[PRD-1] every version from 3 to 13 appends, with offsets one after the other', async () => {
  const topicId = await broker.createTopic('versions');
  for (let version = 3; version <= 13; version++) {
    const records = batchOf(['a', 'b']);
    const topicData = [{ name: 'versions', topicId, partitionData: [{ index: 0, records }] }];
    const answer = await broker.ask(produce, { acks: 1, timeoutMs: 1000, topicData }, version);
    const partition = answer.responses[0]?.partitionResponses[0];
    assert.deepEqual([partition?.errorCode, partition?.baseOffset], [ErrorCode.NONE, (version - 3) * 2]);
    assert.equal(answer.responses[0]?.topicId, version >= 13 ? topicId : 'AAAAAAAAAAAAAAAAAAAAAA');
  }
});

test('[PRD-2] acks other than -1, 0 and 1 are INVALID_REQUIRED_ACKS', async () => {
  await broker.createTopic('acks');
  const answer = await broker.produce('acks', batchOf(['x']), { acks: 2 });
  assert.deepEqual([answer.errorCode, answer.baseOffset], [ErrorCode.INVALID_REQUIRED_ACKS, -1]);
  for (const acks of [-1, 1]) assert.equal((await broker.produce('acks', batchOf(['x']), { acks })).errorCode, 0);
});

test('[PRD-3] acks=0 is not answered: the next answer on the connection is that of the next request', async () => {
  await broker.createTopic('fire');
  const client = await broker.connect();
  const topicData = [{ name: 'fire', partitionData: [{ index: 0, records: batchOf(['x']) }] }];
  let isAnswered = false;
  void client.send(produce, 9, { acks: 0, topicData }, 120_000).then(
    () => {
      isAnswered = true;
    },
    () => {},
  );
  await broker.world.settle();
  assert.equal(isAnswered, false);
  assert.equal((await broker.fetch('fire', 0)).highWatermark, 1);
  assert.equal(client.isOpen, true);
  client.close();
});

test('[PRD-4] acks=0 with an error closes the connection', async () => {
  const client = await broker.connect();
  const topicData = [{ name: 'nowhere', partitionData: [{ index: 0, records: batchOf(['x']) }] }];
  await assert.rejects(broker.world.until(client.send(produce, 9, { acks: 0, topicData }, 120_000)));
  assert.equal(client.isOpen, false);
});

test('[PRD-5] each partition has its own error; the others are appended', async () => {
  await broker.createTopic('mixed', 2);
  const torn = batchOf(['torn']);
  torn.writeUInt8(torn.readUInt8(torn.length - 1) ^ 1, torn.length - 1);
  const partitionData = [
    { index: 0, records: torn },
    { index: 1, records: batchOf(['good']) },
    { index: 7, records: batchOf(['nowhere']) },
    { index: 0, records: null },
    { index: 0, records: Buffer.alloc(0) },
  ];
  const answer = await broker.ask(produce, { acks: -1, topicData: [{ name: 'mixed', partitionData }] }, 11);
  const codes = answer.responses[0]?.partitionResponses.map((partition) => partition.errorCode);
  assert.deepEqual(codes?.slice(0, 3), [
    ErrorCode.CORRUPT_MESSAGE,
    ErrorCode.NONE,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ]);
  assert.ok(codes?.slice(3).every((code) => code !== ErrorCode.NONE));
  assert.equal((await broker.fetch('mixed', 0)).highWatermark, 0);
});

test('[PRD-6] topics: unknown name, unknown id, the cluster’s own', async () => {
  assert.equal((await broker.produce('nowhere', batchOf(['x']))).errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal((await broker.produce('', batchOf(['x']), { version: 13 })).errorCode, ErrorCode.UNKNOWN_TOPIC_ID);
  await broker.ask(metadata, { topics: [{ name: '__consumer_offsets' }] }, 9);
  const own = await broker.produce('__consumer_offsets', batchOf(['x']));
  assert.equal(own.errorCode, ErrorCode.INVALID_TOPIC_EXCEPTION);
  const admin = await broker.connect('__admin_client');
  const records = encodeBatch({ records: [{ timestampMs: 1_700_000_000_000, key: Buffer.alloc(2, 9), value: null }] });
  const topicData = [{ name: '__consumer_offsets', partitionData: [{ index: 0, records }] }];
  const taken = await broker.world.until(admin.send(produce, 11, { acks: 1, timeoutMs: 1000, topicData }, 120_000));
  assert.equal(taken.responses[0]?.partitionResponses[0]?.errorCode, ErrorCode.NONE, 'Kafka’s own tools may');
  admin.close();
});

test('[PRD-7] a batch past max.message.bytes is MESSAGE_TOO_LARGE', async () => {
  await broker.createTopic('small', 1, { 'max.message.bytes': '200' });
  assert.equal((await broker.produce('small', batchOf(['x'.repeat(300)]))).errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  assert.equal((await broker.produce('small', batchOf(['x']))).errorCode, ErrorCode.NONE);
});

test('[PRD-8] a repeated idempotent batch is answered with its first offset and not stored again', async () => {
  await broker.createTopic('idempotent');
  const batch = (baseSequence: number) => batchOf(['x', 'y'], { producerId: 5, producerEpoch: 0, baseSequence });
  assert.equal((await broker.produce('idempotent', batch(0))).baseOffset, 0);
  assert.equal((await broker.produce('idempotent', batch(2))).baseOffset, 2);
  const again = await broker.produce('idempotent', batch(0));
  assert.deepEqual([again.errorCode, again.baseOffset], [ErrorCode.NONE, 0]);
  assert.equal((await broker.fetch('idempotent', 0)).highWatermark, 4);
  assert.equal((await broker.produce('idempotent', batch(9))).errorCode, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
});

test('[PRD-15] a duplicate is answered with the batch’s own largest timestamp', async () => {
  await broker.createTopic('again');
  const batch = () => batchOf(['x', 'y'], { producerId: 6, producerEpoch: 0, baseSequence: 0 });
  const { maxTimestampMs } = readBatchHeader(batch(), 0);
  assert.equal((await broker.produce('again', batch())).logAppendTimeMs, -1);
  assert.equal((await broker.produce('again', batch())).logAppendTimeMs, maxTimestampMs);
});

test('[PRD-16] only a refusal by the log’s own rules tells where the log starts', async () => {
  await broker.createTopic('starts', 1, { 'max.message.bytes': '200' });
  const torn = batchOf(['torn']);
  torn.writeUInt8(torn.readUInt8(torn.length - 1) ^ 1, torn.length - 1);
  const old = batchOf(['old']);
  old.writeInt8(1, 16);
  const cases: [string, Buffer, number, number][] = [
    ['checksum', torn, ErrorCode.CORRUPT_MESSAGE, -1],
    ['size', batchOf(['x'.repeat(300)]), ErrorCode.MESSAGE_TOO_LARGE, -1],
    ['old format', old, ErrorCode.INVALID_RECORD, -1],
    ['two batches', Buffer.concat([batchOf(['a']), batchOf(['b'])]), ErrorCode.INVALID_RECORD, -1],
    ['no batch', Buffer.alloc(0), ErrorCode.INVALID_RECORD, -1],
    ['control batch', batchOf(['x'], { flags: 0x20 }), ErrorCode.INVALID_RECORD, 0],
    ['a first batch', batchOf(['x'], { producerId: 9, producerEpoch: 0, baseSequence: 5 }), ErrorCode.NONE, 0],
    [
      'a gap',
      batchOf(['x'], { producerId: 9, producerEpoch: 0, baseSequence: 9 }),
      ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
      0,
    ],
  ];
  for (const [what, records, errorCode, startOffset] of cases) {
    const answer = await broker.produce('starts', records);
    assert.deepEqual([answer.errorCode, answer.logStartOffset], [errorCode, startOffset], what);
  }
});

test('[PRD-9] a partition led elsewhere is refused with its leader and the leader’s address', async () => {
  const two = await TestBroker.start();
  two.controller.addBroker(2, 'there', 9093);
  await two.createTopic('spread', 2);
  const elsewhere = two.controller.image.topics.get('spread')?.partitions.find((p) => p.leader === 2);
  assert.ok(elsewhere, 'one of two partitions is led by the other broker');
  const answer = await two.produce('spread', batchOf(['x']), { partition: elsewhere.partition });
  assert.equal(answer.errorCode, ErrorCode.NOT_LEADER_OR_FOLLOWER);
  assert.deepEqual(answer.currentLeader, { leaderId: 2, leaderEpoch: elsewhere.leaderEpoch });
  assert.deepEqual(answer.nodeEndpoints, [{ nodeId: 2, host: 'there', port: 9093, rack: null }]);
  await two.stop();
});

test('[PRD-10] what makes single records wrong is told record by record', async () => {
  await broker.createTopic('compacted', 1, { 'cleanup.policy': 'compact' });
  const answer = await broker.produce('compacted', batchOf(['no key', 'none either']));
  assert.equal(answer.errorCode, ErrorCode.INVALID_RECORD);
  assert.deepEqual(
    answer.recordErrors.map((error) => error.batchIndex),
    [0, 1],
  );
});

test('[PRD-11] a transactional batch needs a transactional id, and its transaction a coordinator', async () => {
  await broker.createTopic('plain');
  const records = [{ timestampMs: 1_700_000_000_000, key: null, value: null }];
  const flagged = () => encodeBatch({ records, flags: 0x10, producerId: 1, producerEpoch: 0, baseSequence: 0 });
  assert.equal((await broker.produce('plain', flagged())).errorCode, ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
  const topicData = [{ name: 'plain', partitionData: [{ index: 0, records: flagged() }] }];
  const answer = await broker.ask(produce, { transactionalId: 'tx', acks: -1, topicData }, 11);
  const refused = answer.responses[0]?.partitionResponses[0];
  assert.equal(refused?.errorCode, ErrorCode.NOT_ENOUGH_REPLICAS);
  assert.match(refused?.errorMessage ?? '', /coordinator/);
});

test('[PRD-12] LogAppendTime topics answer with the broker’s time', async () => {
  await broker.createTopic('stamped', 1, { 'message.timestamp.type': 'LogAppendTime' });
  const beforeMs = broker.world.clock.nowMs();
  const { logAppendTimeMs } = await broker.produce('stamped', batchOf(['x'], { timestampMs: 5 }));
  assert.ok(logAppendTimeMs >= beforeMs && logAppendTimeMs <= broker.world.clock.nowMs());
});

test('[PRD-13] zstd needs version 7', async () => {
  await broker.createTopic('codec');
  const records = batchOf(['x']);
  records.writeInt16BE(4, 21);
  const answer = await broker.produce('codec', records, { version: 6 });
  assert.equal(answer.errorCode, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
});

test('[PRD-14] a full disk refuses the batch, and the log goes on where it was once there is room', async () => {
  const full = await TestBroker.start();
  await full.createTopic('full');
  await full.produce('full', batchOf(['a']));
  full.world.disk.capacityBytes = 0;
  assert.equal((await full.produce('full', batchOf(['b']))).errorCode, ErrorCode.KAFKA_STORAGE_ERROR);
  full.world.disk.capacityBytes = Number.POSITIVE_INFINITY;
  const answer = await full.produce('full', batchOf(['c']));
  assert.deepEqual([answer.errorCode, answer.baseOffset], [ErrorCode.NONE, 1]);
  await full.stop();
});

test('[PRD-17] the largest batch has 1,048,588 bytes with its overhead, as it is stored: a compressed one may hold more', async () => {
  const own = await TestBroker.start({ world: new TestWorld(createCompression()) });
  await own.createTopic('large');
  const overhead = batchOf(['x'.repeat(1_000_000)]).length - 1_000_000;
  const exact = batchOf(['x'.repeat(1_048_588 - overhead)]);
  assert.equal(exact.length, 1_048_588);
  assert.equal((await own.produce('large', exact)).errorCode, ErrorCode.NONE);
  const more = await own.produce('large', batchOf(['x'.repeat(1_048_589 - overhead)]));
  assert.equal(more.errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  const records = [{ timestampMs: 1_700_000_000_000, key: null, value: Buffer.alloc(3_000_000) }];
  const packed = encodeBatch({ records, codec: Codec.gzip }, own.world.compression);
  assert.ok(packed.length < 10_000);
  assert.equal((await own.produce('large', packed)).errorCode, ErrorCode.NONE);
  await own.stop();
});

test('[PRD-18] a record may be an hour ahead of the broker and of any age, unless the topic says otherwise', async () => {
  await broker.createTopic('times');
  const nowMs = broker.world.clock.nowMs();
  const at = async (timestampMs: number) => (await broker.produce('times', batchOf(['x'], { timestampMs }))).errorCode;
  assert.equal(await at(nowMs + 3_600_000), ErrorCode.NONE);
  assert.equal(await at(nowMs + 3_700_000), ErrorCode.INVALID_TIMESTAMP);
  assert.equal(await at(1), ErrorCode.NONE);
  await broker.createTopic('narrow', 1, {
    'message.timestamp.before.max.ms': '1000',
    'message.timestamp.after.max.ms': '7200000',
  });
  const old = await broker.produce('narrow', batchOf(['a', 'b'], { timestampMs: nowMs - 60_000 }));
  assert.deepEqual([old.errorCode, old.recordErrors.length], [ErrorCode.INVALID_TIMESTAMP, 2]);
  const ahead = await broker.produce('narrow', batchOf(['x'], { timestampMs: nowMs + 3_700_000 }));
  assert.equal(ahead.errorCode, ErrorCode.NONE);
});
