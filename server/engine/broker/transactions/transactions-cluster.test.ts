// Transactions over three brokers that are killed: what was committed is read, once, whoever leads and whoever coordinates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isControl, readBatchHeader } from '../../../protocol/records/batch.ts';
import { decodeRecords } from '../../../protocol/records/record.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import { describeTransactions } from '../../../protocol/schema/65-describe-transactions.ts';
import { TestCluster } from '../testing/test-cluster.ts';
import { type Ask, readCommitted, TransactionalClient } from '../testing/transactional-client.ts';

interface Seen {
  readonly records: Buffer | null;
  readonly abortedTransactions: readonly { producerId: number; firstOffset: number }[] | null;
}
/** As a consumer filters: from the first offset of an aborted transaction to its marker nothing of that producer counts. */
function committedValues(cluster: TestCluster, { records, abortedTransactions }: Seen): string[] {
  const values: string[] = [];
  const waiting = [...(abortedTransactions ?? [])].sort((a, b) => a.firstOffset - b.firstOffset);
  const aborted = new Set<number>();
  for (let at = 0; records !== null && at < records.length; ) {
    const header = readBatchHeader(records, at);
    while (waiting[0] !== undefined && waiting[0].firstOffset <= header.baseOffset + header.lastOffsetDelta)
      aborted.add(waiting.shift()?.producerId ?? -1);
    if (isControl(header.attributes)) aborted.delete(header.producerId);
    else if (!aborted.has(header.producerId))
      for (const record of decodeRecords(records, at, header, cluster.world.compression, 1 << 20))
        values.push(String(record.value));
    at += header.sizeBytes;
  }
  return values;
}

async function leaderOf(cluster: TestCluster, nodeId: number, topic: string): Promise<number> {
  for (let i = 0; i < 100; i++) {
    const answer = await cluster.ask(nodeId, metadata, { topics: [{ name: topic }] }, 12);
    const leader = answer.topics[0]?.partitions[0]?.leaderId ?? -1;
    if (leader > 0) return leader;
    await cluster.world.advance(200);
  }
  throw new Error(`${topic} has no leader`);
}

for (const version of [1, 2] as const) {
  test(`[TXN-14] version ${version}: with leaders and coordinators killed between and within transactions, what was committed is read once and nothing else`, async () => {
    const cluster = await TestCluster.start();
    await cluster.createTopic('t');
    const alive = new Set([1, 2, 3]);
    const someone = () => [...alive][0] ?? 1;
    const ask: Ask = (nodeId, api, input, apiVersion) => cluster.ask(nodeId, api, input, apiVersion);
    const pause = () => cluster.world.advance(200);
    const clientOf = () =>
      new TransactionalClient({ ask, pause, transactionalId: 'tx', version, nodes: () => [...alive] });
    const expected: string[] = [];
    let client = clientOf();
    assert.equal(await client.init(), 0);
    /** One value; a client that is in doubt begins anew, as applications do. */
    const transact = async (value: string, isCommit: boolean, within: () => Promise<void>): Promise<void> => {
      if (version === 1) assert.equal(await client.addPartitions('t', 0), 0);
      const leader = await leaderOf(cluster, someone(), 't');
      for (let i = 0; i < 50; i++) {
        const errorCode = await client.write(leader, 't', [value]);
        if (errorCode === 0) break;
        assert.ok(i < 49, `write answered ${errorCode}`);
        await pause();
      }
      await within();
      assert.equal(await client.end(isCommit), 0);
      if (isCommit) expected.push(value);
    };
    for (let round = 0; round < 4; round++) {
      await transact(`a${round}`, true, async () => {});
      await transact(`b${round}`, false, async () => {});
      const victim = round % 2 === 0 ? await client.coordinator() : await leaderOf(cluster, someone(), 't');
      await transact(`c${round}`, round % 2 === 0, async () => {
        await cluster.kill(victim);
        alive.delete(victim);
        await cluster.world.advance(4000);
      });
      await cluster.startBroker(victim);
      alive.add(victim);
      await cluster.awaitPartition('t', someone(), { inSync: [1, 2, 3] });
      await cluster.awaitPartition('__transaction_state', someone(), { inSync: [1, 2, 3] });
      if (round === 2) {
        // A successor: whoever held the id before is out.
        client = clientOf();
        assert.equal(await client.init(), 0);
      }
    }
    await cluster.world.advance(3000);
    const seen = await readCommitted(ask, await leaderOf(cluster, someone(), 't'), 't');
    assert.equal(seen.lastStableOffset, seen.highWatermark, 'nothing is left open');
    assert.deepEqual(committedValues(cluster, seen), expected);
    await cluster.stop();
  });
}

test('[TXN-29] a transaction is complete as soon, wherever leader and coordinator are', async () => {
  const cluster = await TestCluster.start();
  const ask: Ask = (nodeId, api, input, version) => cluster.ask(nodeId, api, input, version);
  const client = new TransactionalClient({ ask, pause: () => cluster.world.advance(20), transactionalId: 'tx' });
  assert.equal(await client.init(), 0);
  const coordinator = await client.coordinator();
  for (const leader of [1, 2, 3]) {
    const topic = `led-by-${leader}`;
    await cluster.createTopic(topic, [leader, ...[1, 2, 3].filter((id) => id !== leader)]);
    await cluster.world.advance(3000);
    for (let i = 0; i < 3; i++) {
      assert.equal(await client.write(leader, topic, ['x']), 0);
      assert.equal(await client.end(true), 0);
      const endedMs = cluster.world.clock.monotonicMs();
      const state = async () =>
        (await cluster.ask(coordinator, describeTransactions, { transactionalIds: ['tx'] })).transactionStates[0]
          ?.transactionState;
      while ((await state()) !== 'CompleteCommit') await cluster.world.advance(5);
      const tookMs = cluster.world.clock.monotonicMs() - endedMs;
      assert.ok(tookMs < 100, `led by ${leader}, coordinated by ${coordinator}: complete after ${tookMs} ms`);
      // Followers are parked again, and rest.
      await cluster.world.advance(i * 900);
    }
  }
  await cluster.stop();
});
