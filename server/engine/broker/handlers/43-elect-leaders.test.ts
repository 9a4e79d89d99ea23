import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../protocol/errors.ts';
import { createTopics } from '../../../protocol/schema/19-create-topics.ts';
import { electLeaders } from '../../../protocol/schema/43-elect-leaders.ts';
import { record } from '../../metadata/record.ts';
import { TestBroker } from '../testing/test-broker.ts';

test('[ADM-12] elections are put to the controller at every version, and its silence is an answer per partition', async () => {
  const broker = await TestBroker.start();
  broker.controller.addBroker(2, 'there', 9093);
  const assignments = [{ partitionIndex: 0, brokerIds: [2, 1] }];
  const topics = [{ name: 'a', numPartitions: -1, replicationFactor: -1, assignments }];
  assert.equal((await broker.ask(createTopics, { topics })).topics[0]?.errorCode, ErrorCode.NONE);
  const topicPartitions = [{ topic: 'a', partitions: [0] }];
  const codeAt = async (version: number) => {
    const answer = await broker.ask(electLeaders, { topicPartitions, timeoutMs: 1000 }, version);
    return [answer.errorCode, answer.replicaElectionResults[0]?.partitionResult[0]?.errorCode];
  };
  for (let version = 0; version <= 2; version++) {
    const topicId = broker.controller.image.topics.get('a')?.topicId ?? '';
    broker.controller.commit([record('partitionChange', { topicId, partitionId: 0, leader: 1 })]);
    assert.deepEqual(await codeAt(version), [ErrorCode.NONE, ErrorCode.NONE]);
    assert.equal(broker.controller.image.topics.get('a')?.partitions[0]?.leader, 2);
    assert.deepEqual(await codeAt(version), [ErrorCode.NONE, ErrorCode.ELECTION_NOT_NEEDED]);
  }
  broker.controller.isSilent = true;
  assert.deepEqual(await codeAt(2), [ErrorCode.REQUEST_TIMED_OUT, ErrorCode.REQUEST_TIMED_OUT]);
  await broker.stop();
});
