// What a client set is what the broker does, from then on and without a restart.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { listOffsets } from '../../../protocol/schema/02-list-offsets.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import { deleteTopics } from '../../../protocol/schema/20-delete-topics.ts';
import { describeConfigs } from '../../../protocol/schema/32-describe-configs.ts';
import { incrementalAlterConfigs } from '../../../protocol/schema/44-incremental-alter-configs.ts';
import { describeProducers } from '../../../protocol/schema/61-describe-producers.ts';
import { ConnectionError } from '../../rpc/connection.ts';
import { batchOf, TestBroker } from '../testing/test-broker.ts';

const TOPIC = 2;
const BROKER = 4;
const [SET, DELETE] = [0, 1];
let broker: TestBroker;
before(async () => {
  broker = await TestBroker.start({ settings: { 'log.retention.check.interval.ms': '1000' } });
});
after(() => broker.stop());

async function alter(type: number, resourceName: string, name: string, value: string | null): Promise<number> {
  const configs = [{ name, configOperation: value === null ? DELETE : SET, value }];
  const resources = [{ resourceType: type, resourceName, configs }];
  return (await broker.ask(incrementalAlterConfigs, { resources })).responses[0]?.errorCode ?? -1;
}

test('[ADM-30] max.connections holds for the next connection, of one broker and of all', async () => {
  for (const resourceName of ['1', '']) {
    assert.equal(await alter(BROKER, resourceName, 'max.connections', '1'), ErrorCode.NONE);
    const late = await broker.connect();
    const asked = broker.world.until(late.send(metadata, 12, { topics: [] }, 1000));
    await assert.rejects(asked, (error) => error instanceof ConnectionError);
    late.close();
    assert.equal(await alter(BROKER, resourceName, 'max.connections', null), ErrorCode.NONE);
    const other = await broker.connect();
    assert.equal((await broker.world.until(other.send(metadata, 12, { topics: [] }, 1000))).brokers.length, 1);
    other.close();
    await broker.world.settle();
  }
});

test('[ADM-31] producer.id.expiration.ms holds for producers that are there', async () => {
  await broker.createTopic('written');
  const producers = async () => {
    const answer = await broker.ask(describeProducers, { topics: [{ name: 'written', partitionIndexes: [0] }] });
    return answer.topics[0]?.partitions[0]?.activeProducers.map(({ producerId }) => producerId);
  };
  const records = batchOf(['x'], { producerId: 7, producerEpoch: 0, baseSequence: 0 });
  assert.equal((await broker.produce('written', records)).errorCode, ErrorCode.NONE);
  await broker.world.advance(5000);
  assert.deepEqual(await producers(), [7]);
  assert.equal(await alter(BROKER, '', 'producer.id.expiration.ms', '2000'), ErrorCode.NONE);
  await broker.world.advance(5000);
  assert.deepEqual(await producers(), []);
});

test('[ADM-32] a topic without a cleanup policy keeps everything, whatever its retention, until it has one (KIP-1161)', async () => {
  await broker.createTopic('kept', 1, { 'cleanup.policy': '', 'retention.ms': '1000', 'retention.bytes': '1' });
  await broker.produce('kept', batchOf(['x']));
  const earliest = async () => {
    const partitions = [{ partitionIndex: 0, timestamp: -2 }];
    const answer = await broker.ask(listOffsets, { topics: [{ name: 'kept', partitions }] });
    return answer.topics[0]?.partitions[0]?.offset;
  };
  await broker.world.advance(60_000);
  assert.equal(await earliest(), 0);
  assert.equal(await alter(TOPIC, 'kept', 'cleanup.policy', 'delete'), ErrorCode.NONE);
  await broker.world.advance(60_000);
  assert.equal(await earliest(), 1);
});

test('[ADM-33] a switch counts however its word is written', async () => {
  const capitals = await TestBroker.start({
    settings: { 'delete.topic.enable': 'TRUE', 'auto.create.topics.enable': 'True' },
  });
  const asked = { topics: [{ name: 'made' }], allowAutoTopicCreation: true };
  assert.equal((await capitals.ask(metadata, asked)).topics[0]?.errorCode, ErrorCode.NONE);
  const deleted = await capitals.ask(deleteTopics, { topics: [{ name: 'made' }], timeoutMs: 1000 });
  assert.equal(deleted.responses[0]?.errorCode, ErrorCode.NONE);
  await capitals.stop();
});

test('[ADM-34] loggers and client metrics have no settings here: none are told, and to change them is INVALID_REQUEST', async () => {
  for (const resourceType of [8, 16]) {
    const resource = { resourceType, resourceName: '1' };
    const [told] = (await broker.ask(describeConfigs, { resources: [{ ...resource, configurationKeys: null }] }))
      .results;
    assert.deepEqual([told?.errorCode, told?.configs], [ErrorCode.NONE, []]);
    assert.equal(await alter(resourceType, '1', 'kafka', 'DEBUG'), ErrorCode.INVALID_REQUEST);
  }
});
