import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiskError } from '../../kernel/world.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { metadata } from '../../protocol/schema/03-metadata.ts';
import { offsetForLeaderEpoch } from '../../protocol/schema/23-offset-for-leader-epoch.ts';
import { incrementalAlterConfigs } from '../../protocol/schema/44-incremental-alter-configs.ts';
import { batchOf, TestBroker } from './testing/test-broker.ts';

test('[BRK-7] what was written is there after a restart, and what was deleted meanwhile is not', async () => {
  const first = await TestBroker.start();
  await first.createTopic('kept', 2);
  await first.createTopic('gone');
  for (const topic of ['kept', 'gone']) await first.produce(topic, batchOf(['a', 'b']));
  await first.stop();
  first.controller.run('deleteTopics', {
    topics: [{ name: 'gone', topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    topicNames: [],
    timeoutMs: 0,
  });
  const second = await TestBroker.start({ world: first.world, controller: first.controller });
  const kept = await second.fetch('kept', 0);
  assert.deepEqual([kept.errorCode, kept.highWatermark], [ErrorCode.NONE, 2]);
  assert.equal((await second.fetch('gone', 0)).errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  assert.ok(!second.world.disk.list('broker-1').includes('gone-0'));
  await second.stop();
});

test('[BRK-8] requests that come before the broker knows the cluster wait for it', async () => {
  const first = await TestBroker.start();
  await first.createTopic('early');
  await first.stop();
  const { promise, resolve } = Promise.withResolvers<void>();
  first.controller.ready = () => promise;
  const starting = TestBroker.start({ world: first.world, controller: first.controller });
  await first.world.settle();
  const { connect } = await import('../rpc/connection.ts');
  const client = await connect(first.world, { host: 'here', port: 9092 }, { clientId: 'early', timeoutMs: 1000 });
  let isAnswered = false;
  const asked = client.send(metadata, 9, { topics: [{ name: 'early' }] }, 120_000).then((answer) => {
    isAnswered = true;
    return answer;
  });
  await first.world.settle();
  assert.equal(isAnswered, false);
  resolve();
  const second = await starting;
  assert.equal((await first.world.until(asked)).topics[0]?.errorCode, ErrorCode.NONE);
  client.close();
  await second.stop();
});

test('[BRK-9] a stop answers who waits and leaves the marker of a clean shutdown', async () => {
  const broker = await TestBroker.start();
  await broker.createTopic('wait');
  const waiting = broker.startFetch('wait', 0, { maxWaitMs: 60_000 }, await broker.connect());
  await broker.world.settle();
  const stopping = broker.node.stop(5000);
  assert.equal((await broker.world.until(waiting, 1000)).responses.length, 1);
  await broker.world.until(stopping);
  assert.ok(broker.world.disk.list('broker-1').includes('.kafka_cleanshutdown'));
  assert.equal(broker.world.disk.openCount, 0);
});

test('[BRK-21] a log whose partition.metadata was lost with the power is kept for the topic of its name', async () => {
  const first = await TestBroker.start();
  await first.createTopic('dark');
  await first.produce('dark', batchOf(['a', 'b']));
  const { world, controller } = first;
  await first.stop();
  world.disk.remove('broker-1/.kafka_cleanshutdown');
  world.disk.replace('broker-1/dark-0/partition.metadata', '');
  const second = await TestBroker.start({ world, controller });
  const kept = await second.fetch('dark', 0);
  assert.deepEqual([kept.errorCode, kept.highWatermark], [ErrorCode.NONE, 2]);
  await second.stop();
});

test('[BRK-23] where the disk does not say how epochs went, who asks is told KAFKA_STORAGE_ERROR and keeps its connection', async () => {
  const first = await TestBroker.start();
  await first.createTopic('t');
  await first.produce('t', batchOf(['a', 'b']));
  await first.stop();
  const { world, controller } = first;
  const second = await TestBroker.start({ world, controller });
  const read = world.disk.read.bind(world.disk);
  world.disk.read = (path) => {
    if (path.endsWith('leader-epoch-checkpoint')) throw new DiskError('EIO', 'gone');
    return read(path);
  };
  const codes = async () => {
    const partitions = [{ partition: 0, currentLeaderEpoch: -1, leaderEpoch: 5 }];
    const ended = await second.ask(offsetForLeaderEpoch, { topics: [{ topic: 't', partitions }] });
    const fetched = await second.fetch('t', 1, { lastFetchedEpoch: 5 });
    return [ended.topics[0]?.partitions[0]?.errorCode, fetched.errorCode];
  };
  assert.deepEqual(await codes(), [ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.KAFKA_STORAGE_ERROR]);
  world.disk.read = read;
  assert.deepEqual(await codes(), [ErrorCode.NONE, ErrorCode.OFFSET_OUT_OF_RANGE], 'nothing is known of epoch 5');
  await second.stop();
});

test('[BRK-24] size of requests, number of connections and idle time are the broker’s settings, the number also while it runs', async () => {
  const settings = {
    'socket.request.max.bytes': '2000',
    'connections.max.idle.ms': '80000',
    'max.connections': '3',
  };
  const broker = await TestBroker.start({ settings });
  await broker.createTopic('small');
  const set = async (name: string, value: string) => {
    const configs = [{ name, value, configOperation: 0 }];
    const answer = await broker.ask(incrementalAlterConfigs, {
      resources: [{ resourceType: 4, resourceName: '', configs }],
    });
    return answer.responses[0]?.errorCode;
  };
  const isTaken = async () => {
    const client = await broker.connect();
    await broker.world.settle();
    return client.isOpen;
  };
  const large = await broker.connect();
  const topicData = [{ name: 'small', partitionData: [{ index: 0, records: batchOf(['x'.repeat(2000)]) }] }];
  await assert.rejects(broker.world.until(large.send(produce, 9, { acks: 1, topicData }, 120_000)));
  assert.equal(large.isOpen, false);
  assert.equal((await broker.produce('small', batchOf(['x'.repeat(1000)]))).errorCode, ErrorCode.NONE);

  const idle = await broker.connect();
  assert.deepEqual([await isTaken(), await isTaken()], [true, false]);
  assert.equal(await set('max.connections', '5'), ErrorCode.NONE);
  assert.deepEqual([await isTaken(), await isTaken(), await isTaken()], [true, true, false]);
  assert.equal(await set('max.connections', '100'), ErrorCode.NONE);
  assert.equal(await set('max.connections.per.ip', '5'), ErrorCode.NONE);
  assert.equal(await isTaken(), false);
  assert.equal(await set('max.connections.per.ip.overrides', '127.0.0.1:6'), ErrorCode.NONE);
  assert.deepEqual([await isTaken(), await isTaken()], [true, false]);
  for (const [name, value] of [
    ['max.connections.per.ip.overrides', 'localhost:6'],
    ['max.connection.creation.rate', '10'],
    ['socket.request.max.bytes', '5000'],
    ['connections.max.idle.ms', '5000'],
  ] as const) {
    assert.equal(await set(name, value), ErrorCode.INVALID_REQUEST, name);
  }

  for (let i = 0; i < 9; i++) {
    await broker.world.advance(10_000);
    await broker.fetch('small', 0);
  }
  assert.deepEqual([idle.isOpen, broker.client.isOpen], [false, true]);
  await broker.stop();
});
