import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { createTopics } from '../../../protocol/schema/19-create-topics.ts';
import { deleteTopics } from '../../../protocol/schema/20-delete-topics.ts';
import { initProducerId } from '../../../protocol/schema/22-init-producer-id.ts';
import { describeConfigs } from '../../../protocol/schema/32-describe-configs.ts';
import { alterConfigs } from '../../../protocol/schema/33-alter-configs.ts';
import { describeLogDirs } from '../../../protocol/schema/35-describe-log-dirs.ts';
import { createPartitions } from '../../../protocol/schema/37-create-partitions.ts';
import { incrementalAlterConfigs } from '../../../protocol/schema/44-incremental-alter-configs.ts';
import { listConfigResources } from '../../../protocol/schema/74-list-config-resources.ts';
import { batchOf, TestBroker } from '../testing/test-broker.ts';

const TOPIC = 2;
const BROKER = 4;
const SET = 0;
let broker: TestBroker;
before(async () => {
  broker = await TestBroker.start();
});
after(() => broker.stop());

test('[ADM-1] topics are created at every version and usable at once', async () => {
  for (let version = 2; version <= 7; version++) {
    const name = `created-${version}`;
    const topics = [{ name, numPartitions: 2, replicationFactor: 1 }];
    const answer = await broker.ask(createTopics, { topics, timeoutMs: 1000 }, version);
    assert.deepEqual([answer.topics[0]?.name, answer.topics[0]?.errorCode], [name, 0]);
    assert.equal((await broker.produce(name, batchOf(['x']), { partition: 1 })).errorCode, 0);
  }
});

test('[ADM-2] topics are deleted at every version, by name and by id', async () => {
  for (let version = 1; version <= 5; version++) {
    await broker.createTopic('short-lived');
    const answer = await broker.ask(deleteTopics, { topicNames: ['short-lived', 'nowhere'], timeoutMs: 1000 }, version);
    const codes = new Map(answer.responses.map((one) => [one.name, one.errorCode]));
    assert.equal(codes.get('short-lived'), 0);
    assert.equal(codes.get('nowhere'), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }
  const topicId = await broker.createTopic('short-lived');
  const answer = await broker.ask(deleteTopics, { topics: [{ name: null, topicId }], timeoutMs: 1000 }, 6);
  assert.deepEqual([answer.responses[0]?.errorCode, answer.responses[0]?.topicId], [0, topicId]);
  assert.equal((await broker.fetch('short-lived', 0)).errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('[ADM-3] a topic created again under its old name is empty', async () => {
  await broker.createTopic('again');
  await broker.produce('again', batchOf(['old']));
  await broker.ask(deleteTopics, { topics: [{ name: 'again' }], timeoutMs: 1000 });
  await broker.createTopic('again');
  assert.equal((await broker.fetch('again', 0)).highWatermark, 0);
});

test('[ADM-4] new partitions can be written at once', async () => {
  await broker.createTopic('grown');
  for (let version = 0; version <= 3; version++) {
    const topics = [{ name: 'grown', count: version + 2, assignments: null }];
    const answer = await broker.ask(createPartitions, { topics, timeoutMs: 1000 }, version);
    assert.equal(answer.results[0]?.errorCode, 0);
    assert.equal((await broker.produce('grown', batchOf(['x']), { partition: version + 1 })).errorCode, 0);
  }
});

async function configOf(resourceType: number, resourceName: string, name: string, version = 4) {
  const resources = [{ resourceType, resourceName, configurationKeys: null }];
  const input = { resources, includeSynonyms: true, includeDocumentation: true };
  const result = (await broker.ask(describeConfigs, input, version)).results[0];
  assert.equal(result?.errorCode, 0);
  const config = result?.configs.find((one) => one.name === name);
  assert.ok(config, `${name} is described`);
  return config;
}

test('[ADM-5] a topic’s settings: all of them, with source, synonyms, type and documentation', async () => {
  await broker.createTopic('configured', 1, { 'retention.ms': '1000' });
  for (let version = 1; version <= 4; version++) {
    const retention = await configOf(TOPIC, 'configured', 'retention.ms', version);
    assert.deepEqual([retention.value, retention.configSource, retention.readOnly], ['1000', 1, false]);
    assert.equal(retention.synonyms[0]?.value, '1000');
    if (version < 3) continue;
    assert.equal(retention.configType, 5);
    assert.ok((retention.documentation?.length ?? 0) > 10);
  }
  assert.equal((await configOf(TOPIC, 'configured', 'cleanup.policy')).configSource, 5);
  const resources = [{ resourceType: TOPIC, resourceName: 'configured', configurationKeys: ['retention.ms'] }];
  assert.equal((await broker.ask(describeConfigs, { resources })).results[0]?.configs.length, 1);
});

test('[ADM-6] unknown topics, other brokers and unknown resource types are told apart', async () => {
  const ask = async (resourceType: number, resourceName: string) => {
    const resources = [{ resourceType, resourceName, configurationKeys: null }];
    return (await broker.ask(describeConfigs, { resources })).results[0]?.errorCode;
  };
  assert.equal(await ask(TOPIC, 'nowhere'), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.equal(await ask(BROKER, '1'), ErrorCode.NONE);
  assert.equal(await ask(BROKER, ''), ErrorCode.NONE);
  assert.equal(await ask(BROKER, '7'), ErrorCode.INVALID_REQUEST);
  assert.equal(await ask(99, 'x'), ErrorCode.INVALID_REQUEST);
});

test('[ADM-7] a changed topic setting holds for the next batch', async () => {
  await broker.createTopic('tuned');
  const configs = [{ name: 'max.message.bytes', configOperation: SET, value: '100' }];
  const resources = [{ resourceType: TOPIC, resourceName: 'tuned', configs }];
  assert.equal((await broker.ask(incrementalAlterConfigs, { resources })).responses[0]?.errorCode, 0);
  assert.equal((await broker.produce('tuned', batchOf(['x'.repeat(200)]))).errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  // The old way replaces the whole set: the limit is Kafka's default again.
  const replaced = [{ resourceType: TOPIC, resourceName: 'tuned', configs: [] }];
  assert.equal((await broker.ask(alterConfigs, { resources: replaced }, 0)).responses[0]?.errorCode, 0);
  assert.equal((await broker.produce('tuned', batchOf(['x'.repeat(200)]))).errorCode, ErrorCode.NONE);
});

test('[ADM-8] a broker-wide setting stands behind topics that set nothing', async () => {
  await broker.createTopic('follower');
  const configs = [{ name: 'message.max.bytes', configOperation: SET, value: '100' }];
  const resources = [{ resourceType: BROKER, resourceName: '', configs }];
  assert.equal((await broker.ask(incrementalAlterConfigs, { resources })).responses[0]?.errorCode, 0);
  assert.equal((await broker.produce('follower', batchOf(['x'.repeat(200)]))).errorCode, ErrorCode.MESSAGE_TOO_LARGE);
  assert.equal((await configOf(TOPIC, 'follower', 'max.message.bytes')).value, '100');
  assert.equal((await configOf(BROKER, '', 'message.max.bytes')).configSource, 3);
  const undo = [{ name: 'message.max.bytes', configOperation: 1, value: null }];
  await broker.ask(incrementalAlterConfigs, { resources: [{ resourceType: BROKER, resourceName: '', configs: undo }] });
  assert.equal((await broker.produce('follower', batchOf(['x'.repeat(200)]))).errorCode, ErrorCode.NONE);
});

test('[ADM-9] a controller that does not answer is told item by item', async () => {
  broker.controller.isSilent = true;
  const topics = [{ name: 'a', numPartitions: 1, replicationFactor: 1 }];
  const created = await broker.ask(createTopics, { topics, timeoutMs: 100 });
  const deleted = await broker.ask(deleteTopics, { topicNames: ['a', 'b'], timeoutMs: 100 }, 5);
  broker.controller.isSilent = false;
  assert.equal(created.topics[0]?.errorCode, ErrorCode.REQUEST_TIMED_OUT);
  assert.deepEqual(
    deleted.responses.map((one) => [one.name, one.errorCode]),
    [
      ['a', ErrorCode.REQUEST_TIMED_OUT],
      ['b', ErrorCode.REQUEST_TIMED_OUT],
    ],
  );
});

test('[ADM-10] producer ids are never the same; a transactional id needs its coordinator', async () => {
  const ids = new Set<number>();
  for (let version = 0; version <= 5; version++) {
    const answer = await broker.ask(initProducerId, { transactionalId: null, transactionTimeoutMs: 1000 }, version);
    assert.deepEqual([answer.errorCode, answer.producerEpoch], [0, 0]);
    ids.add(answer.producerId);
  }
  assert.equal(ids.size, 6);
  const ask = async (transactionalId: string) =>
    (await broker.ask(initProducerId, { transactionalId, transactionTimeoutMs: 1000 })).errorCode;
  assert.equal(await ask('tx'), ErrorCode.COORDINATOR_NOT_AVAILABLE);
  assert.equal(await ask(''), ErrorCode.INVALID_REQUEST);
});

test('[ADM-11] the log dir shows the size of each partition, all or those asked for', async () => {
  await broker.createTopic('sized', 2);
  const bytes = batchOf(['x']).length;
  await broker.produce('sized', batchOf(['x']), { partition: 1 });
  for (let version = 1; version <= 5; version++) {
    const answer = await broker.ask(describeLogDirs, { topics: [{ topic: 'sized', partitions: [1] }] }, version);
    const dir = answer.results[0];
    assert.deepEqual(dir?.topics, [
      { name: 'sized', partitions: [{ partitionIndex: 1, partitionSize: bytes, offsetLag: 0, isFutureKey: false }] },
    ]);
  }
  const all = await broker.ask(describeLogDirs, { topics: null });
  assert.deepEqual([all.results[0]?.totalBytes, all.results[0]?.usableBytes], [-1, -1], 'memory has no volume');
  assert.equal(all.results[0]?.topics.find((topic) => topic.name === 'sized')?.partitions.length, 2);
});

test('[ADM-13] what has settings is listed by type; version 0 asks for client metrics, of which there are none', async () => {
  const list = async (resourceTypes: number[], version = 1) => {
    const answer = await broker.ask(listConfigResources, { resourceTypes }, version);
    return [answer.errorCode, answer.configResources.map((one) => `${one.resourceType} ${one.resourceName}`)] as const;
  };
  await broker.createTopic('listed');
  const [, topics] = await list([2]);
  assert.ok(topics.includes('2 listed'));
  assert.deepEqual(await list([4, 16, 8]), [ErrorCode.NONE, ['4 1', '8 1']]);
  const [, all] = await list([]);
  assert.ok(all.includes('2 listed') && all.includes('4 1'));
  assert.deepEqual(await list([99]), [ErrorCode.UNSUPPORTED_VERSION, []]);
  assert.deepEqual(await list([], 0), [ErrorCode.NONE, []]);
});
