import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiskError } from '../../kernel/world.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import { metadata } from '../../protocol/schema/03-metadata.ts';
import { offsetForLeaderEpoch } from '../../protocol/schema/23-offset-for-leader-epoch.ts';
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
