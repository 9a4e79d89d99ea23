// What clients of each version are told of transactions: fencing, refusals and retries, word by word over the wire.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { produce } from '../../../protocol/schema/00-produce.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import { offsetFetch } from '../../../protocol/schema/09-offset-fetch.ts';
import { findCoordinator } from '../../../protocol/schema/10-find-coordinator.ts';
import { joinGroup } from '../../../protocol/schema/11-join-group.ts';
import { syncGroup } from '../../../protocol/schema/14-sync-group.ts';
import { initProducerId } from '../../../protocol/schema/22-init-producer-id.ts';
import { addPartitionsToTxn } from '../../../protocol/schema/24-add-partitions-to-txn.ts';
import { addOffsetsToTxn } from '../../../protocol/schema/25-add-offsets-to-txn.ts';
import { endTxn } from '../../../protocol/schema/26-end-txn.ts';
import { txnOffsetCommit } from '../../../protocol/schema/28-txn-offset-commit.ts';
import { describeTransactions } from '../../../protocol/schema/65-describe-transactions.ts';
import { TestBroker } from '../testing/test-broker.ts';
import { type Ask, TransactionalClient } from '../testing/transactional-client.ts';

let broker: TestBroker;
const ask: Ask = (_nodeId, api, input, version) => broker.ask(api, input, version);
before(async () => {
  broker = await TestBroker.start();
  await broker.createTopic('t', 3);
});
after(() => broker.stop());

function clientOf(transactionalId: string, version: 1 | 2 = 1): TransactionalClient {
  return new TransactionalClient({ ask, pause: () => broker.world.advance(20), transactionalId, version });
}
const namesOf = (client: TransactionalClient, transactionalId: string) => ({
  transactionalId,
  producerId: client.producerId,
  producerEpoch: client.epoch,
});
async function addTo(client: TransactionalClient, transactionalId: string, partitions: number[], version: number) {
  const request = {
    v3AndBelowTransactionalId: transactionalId,
    v3AndBelowProducerId: client.producerId,
    v3AndBelowProducerEpoch: client.epoch,
    v3AndBelowTopics: [{ name: 't', partitions }],
  };
  const answer = await broker.ask(addPartitionsToTxn, request, version);
  return answer.resultsByTopicV3AndBelow[0]?.resultsByPartition.map((one) => one.partitionErrorCode);
}

test('[TXN-23] a fenced producer is told PRODUCER_FENCED where its version knows it, INVALID_PRODUCER_EPOCH before', async () => {
  const { PRODUCER_FENCED, INVALID_PRODUCER_EPOCH } = ErrorCode;
  const zombie = clientOf('fenced');
  await zombie.init();
  assert.equal(await clientOf('fenced').init(), ErrorCode.NONE);
  const own = namesOf(zombie, 'fenced');
  for (const version of [3, 4]) {
    const answer = await broker.ask(initProducerId, { ...own, transactionTimeoutMs: 60_000 }, version);
    assert.equal(answer.errorCode, version < 4 ? INVALID_PRODUCER_EPOCH : PRODUCER_FENCED, `InitProducerId ${version}`);
  }
  for (const version of [1, 2]) {
    const code = version < 2 ? INVALID_PRODUCER_EPOCH : PRODUCER_FENCED;
    assert.deepEqual(await addTo(zombie, 'fenced', [0], version), [code], `AddPartitionsToTxn ${version}`);
    const added = await broker.ask(addOffsetsToTxn, { ...own, groupId: 'g' }, version);
    assert.equal(added.errorCode, code, `AddOffsetsToTxn ${version}`);
    assert.equal((await broker.ask(endTxn, { ...own, committed: true }, version)).errorCode, code, `EndTxn ${version}`);
  }
});

test('[TXN-24] one partition that is not there keeps the others out with OPERATION_NOT_ATTEMPTED; another producer id is no mapping', async () => {
  const { OPERATION_NOT_ATTEMPTED, UNKNOWN_TOPIC_OR_PARTITION, INVALID_PRODUCER_ID_MAPPING } = ErrorCode;
  const client = clientOf('all-or-nothing');
  await client.init();
  const codes = await addTo(client, 'all-or-nothing', [0, 7, 1], 3);
  assert.deepEqual(codes, [OPERATION_NOT_ATTEMPTED, UNKNOWN_TOPIC_OR_PARTITION, OPERATION_NOT_ATTEMPTED]);
  const { transactionStates } = await broker.ask(describeTransactions, { transactionalIds: ['all-or-nothing'] });
  assert.deepEqual([transactionStates[0]?.transactionState, transactionStates[0]?.topics], ['Empty', []]);
  client.producerId += 1000;
  assert.deepEqual(await addTo(client, 'all-or-nothing', [0, 1], 3), Array(2).fill(INVALID_PRODUCER_ID_MAPPING));
});

test('[TXN-25] version 1: an end may be asked for again, the other one not', async () => {
  const client = clientOf('twice');
  await client.init();
  for (const isCommit of [true, false]) {
    assert.equal(await client.addPartitions('t', 0), ErrorCode.NONE);
    assert.equal(await client.write(1, 't', ['x']), ErrorCode.NONE);
    assert.equal(await client.end(isCommit), ErrorCode.NONE);
    assert.equal(await client.end(isCommit), ErrorCode.NONE, 'the answer was lost');
    assert.equal(await client.end(!isCommit), ErrorCode.INVALID_TXN_STATE);
  }
});

test('[TXN-26] an uncovered write is INVALID_TXN_STATE before version 11 of Produce, TRANSACTION_ABORTABLE from it on', async () => {
  const client = clientOf('uncovered');
  await client.init();
  const write = async (version: number) => {
    const { producerId, epoch: producerEpoch } = client;
    const one = { timestampMs: 1_700_000_000_000, key: null, value: Buffer.from('x') };
    const records = encodeBatch({ records: [one], producerId, producerEpoch, baseSequence: 0, flags: 0x10 });
    const topicData = [{ name: 't', partitionData: [{ index: 2, records }] }];
    const request = { transactionalId: 'uncovered', acks: -1, timeoutMs: 1000, topicData };
    return (await broker.ask(produce, request, version)).responses[0]?.partitionResponses[0]?.errorCode;
  };
  assert.equal(await write(10), ErrorCode.INVALID_TXN_STATE);
  assert.equal(await write(11), ErrorCode.TRANSACTION_ABORTABLE);
  assert.equal(await write(12), ErrorCode.NONE, 'version 12 adds the partition by itself');
});

test('[TXN-27] positions of a transaction are taken from the member and generation they name only (KIP-447)', async () => {
  const { NONE, ILLEGAL_GENERATION, UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID } = ErrorCode;
  await broker.ask(findCoordinator, { coordinatorKeys: ['readers'] });
  const join = (memberId: string, groupInstanceId: string | null) =>
    broker.ask(joinGroup, {
      groupId: 'readers',
      sessionTimeoutMs: 60_000,
      rebalanceTimeoutMs: 60_000,
      memberId,
      groupInstanceId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
    });
  let joined = await join('', 'desk');
  for (let i = 0; i < 50 && joined.errorCode !== NONE; i++) {
    await broker.world.advance(100);
    joined = await join('', 'desk');
  }
  const { memberId, generationId } = joined;
  await broker.ask(syncGroup, { groupId: 'readers', generationId, memberId, groupInstanceId: 'desk' });
  const client = clientOf('reads');
  await client.init();
  assert.equal(await client.addGroup('readers'), NONE);
  const commit = async (member: { memberId?: string; generationId?: number; groupInstanceId?: string | null }) => {
    const topics = [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 5 }] }];
    const own = { ...namesOf(client, 'reads'), groupId: 'readers', topics };
    const answer = await broker.ask(txnOffsetCommit, { ...own, ...member }, 3);
    return answer.topics[0]?.partitions[0]?.errorCode;
  };
  assert.equal(await commit({ memberId, generationId, groupInstanceId: 'desk' }), NONE);
  assert.equal(await commit({ memberId, generationId: generationId + 1, groupInstanceId: 'desk' }), ILLEGAL_GENERATION);
  assert.equal(await commit({ memberId: 'stranger', generationId }), UNKNOWN_MEMBER_ID);
  assert.equal(await commit({ memberId: 'zombie', generationId, groupInstanceId: 'desk' }), FENCED_INSTANCE_ID);
  assert.equal(await commit({}), NONE, 'clients from before name nobody');
});

test('[TXN-30] a transactional id is as long as requests carry it', async () => {
  const client = clientOf('t'.repeat(32_000));
  assert.equal(await client.init(), ErrorCode.NONE);
  assert.equal(await client.addPartitions('t', 0), ErrorCode.NONE);
  assert.equal(await client.write(1, 't', ['x']), ErrorCode.NONE);
  assert.equal(await client.end(true), ErrorCode.NONE);
});

test('[TXN-31] TxnOffsetCommit names topics by id from version 6 on, and is told what OffsetCommit is told (KIP-1319)', async () => {
  const { NONE, GROUP_ID_NOT_FOUND, ILLEGAL_GENERATION, UNKNOWN_TOPIC_ID } = ErrorCode;
  await broker.ask(findCoordinator, { coordinatorKeys: ['by-id'] });
  const client = clientOf('by-id');
  await client.init();
  const { topicId } = (await broker.ask(metadata, { topics: [{ name: 't' }] })).topics[0] ?? { topicId: '' };
  const commit = async (version: number, generationId: number) => {
    assert.equal(await client.addGroup('by-id'), NONE);
    const partitions = [{ partitionIndex: 0, committedOffset: 2n ** 60n }];
    const named = version < 6 ? [{ name: 't' }] : [{ topicId }, { topicId: 'enp6enp6enp6enp6enp6eg' }];
    const own = { ...namesOf(client, 'by-id'), groupId: 'by-id', topics: named.map((one) => ({ ...one, partitions })) };
    const member = generationId < 0 ? {} : { memberId: 'm', generationId };
    const answer = await broker.ask(txnOffsetCommit, { ...own, ...member }, version);
    return answer.topics.map((topic) => [topic.topicId, topic.partitions[0]?.errorCode]);
  };
  const none = 'AAAAAAAAAAAAAAAAAAAAAA';
  const unknown = ['enp6enp6enp6enp6enp6eg', UNKNOWN_TOPIC_ID];
  assert.deepEqual(await commit(5, 3), [[none, ILLEGAL_GENERATION]]);
  assert.deepEqual(await commit(6, 3), [[topicId, GROUP_ID_NOT_FOUND], unknown]);
  assert.deepEqual(await commit(6, -1), [[topicId, NONE], unknown]);
  assert.equal(await client.end(true), NONE);
  await broker.world.advance(100);
  const groups = [{ groupId: 'by-id', topics: [{ topicId, partitionIndexes: [0] }] }];
  const told = (await broker.ask(offsetFetch, { groups })).groups[0]?.topics[0]?.partitions[0];
  assert.equal(told?.committedOffset, 2n ** 60n);
});
