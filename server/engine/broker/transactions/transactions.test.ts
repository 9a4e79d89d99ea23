// Transactions over one real broker, as clients of both versions see them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { isControl, readBatchHeader } from '../../../protocol/records/batch.ts';
import { listOffsets } from '../../../protocol/schema/02-list-offsets.ts';
import { offsetFetch } from '../../../protocol/schema/09-offset-fetch.ts';
import { findCoordinator } from '../../../protocol/schema/10-find-coordinator.ts';
import { apiVersions } from '../../../protocol/schema/18-api-versions.ts';
import { initProducerId } from '../../../protocol/schema/22-init-producer-id.ts';
import { writeTxnMarkers } from '../../../protocol/schema/27-write-txn-markers.ts';
import { describeProducers } from '../../../protocol/schema/61-describe-producers.ts';
import { describeTransactions } from '../../../protocol/schema/65-describe-transactions.ts';
import { listTransactions } from '../../../protocol/schema/66-list-transactions.ts';
import { TestBroker } from '../testing/test-broker.ts';
import { type Ask, readCommitted, TransactionalClient } from '../testing/transactional-client.ts';

const VERSIONS = [1, 2] as const;

async function begin(version: 1 | 2, broker?: TestBroker) {
  const own = broker ?? (await TestBroker.start());
  if (broker === undefined) await own.createTopic('t');
  const ask: Ask = (_nodeId, api, input, apiVersion) => own.ask(api, input, apiVersion);
  const pause = () => own.world.advance(20);
  const client = new TransactionalClient({ ask, pause, transactionalId: 'tx', version });
  return { broker: own, ask, pause, client };
}
/** Writes, having added the partition where the version asks for it. */
async function write(client: TransactionalClient, value: string): Promise<number> {
  if (client.version === 1) {
    const errorCode = await client.addPartitions('t', 0);
    if (errorCode !== 0) return errorCode;
  }
  return client.write(1, 't', [value]);
}
function valuesOf(records: Buffer | null): number {
  let count = 0;
  for (let at = 0; records !== null && at < records.length; ) {
    const header = readBatchHeader(records, at);
    if (!isControl(header.attributes)) count += header.recordCount;
    at += header.sizeBytes;
  }
  return count;
}
async function settle(broker: TestBroker): Promise<void> {
  for (let i = 0; i < 5; i++) await broker.world.advance(50);
}

for (const version of VERSIONS) {
  test(`[TXN-1] version ${version}: what a transaction wrote is read by read_committed once it is committed, and named when aborted`, async () => {
    const { broker, ask, client } = await begin(version);
    assert.equal(await client.init(), 0);
    assert.equal(await write(client, 'a'), 0);
    let seen = await readCommitted(ask, 1, 't');
    assert.deepEqual([seen.lastStableOffset, seen.highWatermark, valuesOf(seen.records)], [0, 1, 0]);
    assert.equal(await client.end(true), 0);
    await settle(broker);
    seen = await readCommitted(ask, 1, 't');
    assert.deepEqual([seen.lastStableOffset, seen.highWatermark, valuesOf(seen.records)], [2, 2, 1]);
    assert.deepEqual(seen.abortedTransactions, []);
    assert.equal(await write(client, 'b'), 0);
    assert.equal(await client.end(false), 0);
    await settle(broker);
    seen = await readCommitted(ask, 1, 't');
    assert.deepEqual(seen.abortedTransactions, [{ producerId: client.producerId, firstOffset: 2 }]);
    assert.equal((await broker.fetch('t', 0)).abortedTransactions, null, 'read_uncommitted is told nothing');
    await broker.stop();
  });

  test(`[TXN-2] version ${version}: a new producer of the id fences the one before and aborts what it left open`, async () => {
    const { broker, ask, pause, client: zombie } = await begin(version);
    await zombie.init();
    assert.equal(await write(zombie, 'left open'), 0);
    const client = new TransactionalClient({ ask, pause, transactionalId: 'tx', version });
    assert.equal(await client.init(), 0);
    assert.equal(client.producerId, zombie.producerId);
    assert.ok(client.epoch > zombie.epoch);
    assert.equal(await zombie.write(1, 't', ['late']), ErrorCode.INVALID_PRODUCER_EPOCH);
    assert.equal(await zombie.end(true), ErrorCode.PRODUCER_FENCED);
    assert.equal(await zombie.addPartitions('t', 0), ErrorCode.PRODUCER_FENCED);
    assert.equal((await readCommitted(ask, 1, 't')).abortedTransactions?.length, 1);
    assert.equal(await write(client, 'mine'), 0);
    assert.equal(await client.end(true), 0);
    await broker.stop();
  });

  test(`[TXN-3] version ${version}: positions of a group count with the transaction, and are not stable before`, async () => {
    const { broker, ask, client } = await begin(version);
    await ask(1, findCoordinator, { coordinatorKeys: ['g'] });
    const position = async (requireStable: boolean) => {
      const groups = [{ groupId: 'g', topics: [{ name: 't', partitionIndexes: [0] }] }];
      const answer = await ask(1, offsetFetch, { groups, requireStable }, 9);
      const found = answer.groups[0]?.topics[0]?.partitions[0];
      return [found?.committedOffset, found?.errorCode];
    };
    await client.init();
    for (const isCommit of [false, true]) {
      if (version === 1) assert.equal(await client.addGroup('g'), 0);
      assert.equal(await client.commitOffset(1, 'g', 't', 42), 0);
      assert.deepEqual(await position(true), [-1, ErrorCode.UNSTABLE_OFFSET_COMMIT]);
      assert.deepEqual(await position(false), [-1, 0]);
      assert.equal(await client.end(isCommit), 0);
      await settle(broker);
      assert.deepEqual(await position(true), [isCommit ? 42 : -1, 0]);
    }
    await broker.stop();
  });

  test(`[TXN-4] version ${version}: a transaction open for longer than its producer allowed is aborted, and cannot be committed any more`, async () => {
    const { broker, ask, pause } = await begin(version);
    const client = new TransactionalClient({ ask, pause, transactionalId: 'tx', version, timeoutMs: 5000 });
    await client.init();
    assert.equal(await write(client, 'a'), 0);
    await broker.world.advance(16_000);
    await settle(broker);
    assert.equal((await readCommitted(ask, 1, 't')).lastStableOffset, 2);
    // In version 2 the old epoch may as well be that of a client that lost an answer.
    assert.equal(await client.end(true), version === 1 ? ErrorCode.PRODUCER_FENCED : ErrorCode.INVALID_TXN_STATE);
    await broker.stop();
  });

  test(`[TXN-5] version ${version}: all is known again after a restart, and what was being ended is ended`, async () => {
    const { broker, client } = await begin(version);
    await client.init();
    assert.equal(await write(client, 'a'), 0);
    const { world, controller } = broker;
    await broker.stop();
    const again = await TestBroker.start({ world, controller });
    const later = await begin(version, again);
    const resumed = new TransactionalClient({ ...later, transactionalId: 'tx', version });
    Object.assign(resumed, { producerId: client.producerId, epoch: client.epoch });
    assert.equal((await readCommitted(later.ask, 1, 't')).lastStableOffset, 0);
    assert.equal(await resumed.end(true), 0);
    await settle(again);
    const seen = await readCommitted(later.ask, 1, 't');
    assert.deepEqual([seen.lastStableOffset, valuesOf(seen.records)], [2, 1]);
    await again.stop();
  });
}

test('[TXN-6] transactions version 2 are in force, told as Kafka tells it, and not to clients that fail on it', async () => {
  const { broker, ask } = await begin(2);
  const software = { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
  const newest = await ask(1, apiVersions, software, 4);
  assert.deepEqual(
    newest.supportedFeatures.filter((one) => one.name === 'transaction.version'),
    [{ name: 'transaction.version', minVersion: 0, maxVersion: 2 }],
  ); // prettier-ignore
  assert.deepEqual(
    newest.finalizedFeatures.filter((one) => one.name === 'transaction.version'),
    [{ name: 'transaction.version', maxVersionLevel: 2, minVersionLevel: 2 }],
  ); // prettier-ignore
  assert.ok(newest.finalizedFeaturesEpoch >= 0);
  const older = (await ask(1, apiVersions, software, 3)).supportedFeatures;
  assert.ok(older.every(({ name }) => name !== 'transaction.version'));
  await broker.stop();
});

test('[TXN-7] every end of a transaction in version 2 gives the next epoch, and a lost answer is given again', async () => {
  const { broker, client } = await begin(2);
  await client.init();
  const { producerId, epoch } = client;
  assert.equal(await write(client, 'a'), 0);
  assert.equal(await client.end(true), 0);
  assert.deepEqual([client.producerId, client.epoch], [producerId, epoch + 1]);
  client.epoch = epoch;
  assert.equal(await client.end(true), 0, 'the answer was lost');
  assert.deepEqual([client.producerId, client.epoch], [producerId, epoch + 1]);
  assert.equal(await client.end(true), ErrorCode.INVALID_TXN_STATE, 'nothing is open');
  assert.equal(await client.end(false), 0, 'aborting nothing is allowed');
  assert.equal(client.epoch, epoch + 2);
  await broker.stop();
});

test('[TXN-8] a write that no transaction covers is refused, in the words its client knows', async () => {
  const { broker, ask, pause, client } = await begin(1);
  await client.init();
  assert.equal(await client.write(1, 't', ['a']), ErrorCode.TRANSACTION_ABORTABLE);
  assert.equal(await client.addPartitions('t', 7), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  const stranger = new TransactionalClient({ ask, pause, transactionalId: 'other' });
  Object.assign(stranger, { producerId: 99, epoch: 0 });
  assert.equal(await stranger.write(1, 't', ['a']), ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  await broker.stop();
});

test('[TXN-9] time-outs and ids that make no sense are refused', async () => {
  const { broker, ask, client } = await begin(2);
  await client.init();
  const init = async (transactionalId: string, transactionTimeoutMs: number) => {
    const request = { transactionalId, transactionTimeoutMs, producerEpoch: -1 };
    return (await ask(1, initProducerId, request)).errorCode;
  };
  assert.equal(await init('tx', 0), ErrorCode.INVALID_TRANSACTION_TIMEOUT);
  assert.equal(await init('tx', 900_001), ErrorCode.INVALID_TRANSACTION_TIMEOUT);
  assert.equal(await init('', 1000), ErrorCode.INVALID_REQUEST);
  await broker.stop();
});

test('[TXN-10] transactions and producers are described and listed by state, producer, age and pattern', async () => {
  const { broker, ask, client } = await begin(2);
  await client.init();
  await write(client, 'a');
  const { transactionStates } = await ask(1, describeTransactions, { transactionalIds: ['tx', 'none'] });
  assert.deepEqual(
    transactionStates.map((one) => [one.errorCode, one.transactionState, one.topics]),
    [
      [0, 'Ongoing', [{ topic: 't', partitions: [0] }]],
      [ErrorCode.TRANSACTIONAL_ID_NOT_FOUND, '', []],
    ],
  );
  const list = async (filter: Record<string, unknown>) => {
    const answer = await ask(1, listTransactions, filter);
    return [answer.errorCode, answer.transactionStates.map((one) => one.transactionalId), answer.unknownStateFilters];
  };
  assert.deepEqual(await list({}), [0, ['tx'], []]);
  assert.deepEqual(await list({ stateFilters: ['Empty', 'Odd'] }), [0, [], ['Odd']]);
  assert.deepEqual(await list({ producerIdFilters: [client.producerId + 1] }), [0, [], []]);
  assert.deepEqual(await list({ durationFilter: 100_000 }), [0, [], []]);
  assert.deepEqual(await list({ transactionalIdPattern: 't.' }), [0, ['tx'], []]);
  assert.deepEqual(await list({ transactionalIdPattern: 't' }), [0, [], []]);
  assert.deepEqual(await list({ transactionalIdPattern: '(t|x)+' }), [0, ['tx'], []]);
  assert.deepEqual(await list({ transactionalIdPattern: `(t+)+${'y'.repeat(1000)}` }), [0, [], []], 'in linear time');
  for (const transactionalIdPattern of ['[', '(t)\\1', '(?=t)x', 'a{1000}a{1000}a'])
    assert.equal((await list({ transactionalIdPattern }))[0], ErrorCode.INVALID_REGULAR_EXPRESSION);
  const producers = await ask(1, describeProducers, { topics: [{ name: 't', partitionIndexes: [0, 9] }] });
  const [found, missing] = producers.topics[0]?.partitions ?? [];
  assert.equal(found?.activeProducers[0]?.currentTxnStartOffset, 0);
  assert.equal(missing?.errorCode, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  await broker.stop();
});

test('[TXN-11] an administrator ends a hanging transaction by a marker', async () => {
  const { broker, ask, client } = await begin(2);
  await client.init();
  await write(client, 'hangs');
  const { producerId, epoch: producerEpoch } = client;
  const topics = [{ name: 't', partitionIndexes: [0] }];
  const marker = { producerId, producerEpoch, transactionResult: false, coordinatorEpoch: 0, topics };
  const answer = await ask(1, writeTxnMarkers, { markers: [marker] }, 1);
  assert.equal(answer.markers[0]?.topics[0]?.partitions[0]?.errorCode, 0);
  assert.equal((await readCommitted(ask, 1, 't')).lastStableOffset, 2);
  await broker.stop();
});

test('[TXN-12] the newest offset is the last stable one for read_committed', async () => {
  const { broker, ask, client } = await begin(2);
  await client.init();
  await write(client, 'open');
  const latest = async (isolationLevel: number) => {
    const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] }];
    return (await ask(1, listOffsets, { isolationLevel, topics })).topics[0]?.partitions[0]?.offset;
  };
  assert.deepEqual([await latest(0), await latest(1)], [1, 0]);
  await broker.stop();
});

test('[TXN-13] a parked read_committed fetch wakes when the transaction ends, not when it writes', async () => {
  const { broker, ask, client } = await begin(2);
  await client.init();
  await write(client, 'a');
  const reader = await broker.connect();
  let isAnswered = false;
  const parked = broker.startFetch('t', 0, { maxWaitMs: 60_000, isolationLevel: 1 }, reader).then((answer) => {
    isAnswered = true;
    return answer;
  });
  await broker.world.advance(100);
  await write(client, 'b');
  await broker.world.advance(100);
  assert.equal(isAnswered, false);
  assert.equal(await client.end(true), 0);
  await settle(broker);
  assert.equal(isAnswered, true);
  assert.equal(valuesOf((await parked).responses[0]?.partitions[0]?.records ?? null), 2);
  void ask;
  reader.close();
  await broker.stop();
});
