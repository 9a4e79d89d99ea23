import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { incrementalAlterConfigs } from '../../../protocol/schema/44-incremental-alter-configs.ts';
import { batchOf } from '../testing/test-broker.ts';
import { TestCluster } from '../testing/test-cluster.ts';

const TOPIC = 2;
const BROKER = 4;
let cluster: TestCluster;
before(async () => {
  cluster = await TestCluster.start();
});
after(() => cluster.stop());

async function set(resourceType: number, resourceName: string, settings: Readonly<Record<string, string>>) {
  const configs = Object.entries(settings).map(([name, value]) => ({ name, configOperation: 0, value }));
  const answer = await cluster.ask(1, incrementalAlterConfigs, {
    resources: [{ resourceType, resourceName, configs }],
  });
  assert.equal(answer.responses[0]?.errorCode, ErrorCode.NONE, answer.responses[0]?.errorMessage ?? '');
  await cluster.world.advance(1000);
}
const MEGABYTE = batchOf(['x'.repeat(1_000_000)]);

/** Milliseconds that broker 3 takes to copy ten megabytes it missed; produces by the way and tells the longest wait for acks=all. */
async function catchUp(topic: string): Promise<{ tookMs: number; longestMs: number }> {
  await cluster.awaitPartition(topic, 1, { inSync: [1, 2, 3] });
  cluster.cut(3, 1);
  await cluster.awaitPartition(topic, 1, { inSync: [1, 2] }).catch(() => {});
  for (let i = 0; i < 10; i++) await cluster.produce(1, topic, Buffer.from(MEGABYTE), { acks: 1 });
  await cluster.awaitPartition(topic, 1, { inSync: [1, 2] });
  // What broker 2 copied is forgotten by the window.
  await cluster.world.advance(12_000);
  cluster.heal(3, 1);
  const { clock } = cluster.world;
  const startedMs = clock.monotonicMs();
  let longestMs = 0;
  while ((await cluster.partition(topic, 1)).inSync.length < 3) {
    const sentMs = clock.monotonicMs();
    assert.equal((await cluster.produce(1, topic, ['small'])).errorCode, ErrorCode.NONE);
    longestMs = Math.max(longestMs, clock.monotonicMs() - sentMs);
    await cluster.world.advance(200);
    assert.ok(clock.monotonicMs() - startedMs < 60_000, 'it gets there');
  }
  return { tookMs: clock.monotonicMs() - startedMs, longestMs };
}

async function throttles(side: 'leader' | 'follower', brokerId: number): Promise<void> {
  const topic = `held-by-${side}`;
  await cluster.createTopic(topic);
  const free = await catchUp(topic);
  assert.ok(free.tookMs < 4000, `unthrottled it took ${free.tookMs} ms`);
  await set(TOPIC, topic, { [`${side}.replication.throttled.replicas`]: '*' });
  await set(BROKER, String(brokerId), { [`${side}.replication.throttled.rate`]: '1000000' });
  const { tookMs, longestMs } = await catchUp(topic);
  assert.ok(tookMs > 7000 && tookMs < 13_000, `ten megabytes at one a second took ${tookMs} ms`);
  assert.ok(longestMs <= 50, `acks=all waited ${longestMs} ms`);
  await set(TOPIC, topic, { [`${side}.replication.throttled.replicas`]: '0:9' });
  assert.ok((await catchUp(topic)).tookMs < 4000, 'who is not named is not held');
}

test('[REP-52] a replica that catches up is held to leader.replication.throttled.rate, and nobody in sync is', () =>
  throttles('leader', 1));

test('[REP-53] a replica that catches up is held to follower.replication.throttled.rate, and nobody in sync is', () =>
  throttles('follower', 3));
