// A transaction that hangs, as one without a coordinator can be left behind by a client or broker of old: made with bare requests,
// found and aborted with Apache Kafka's own tool, which asks every replica and writes the marker itself.
import { encodeBatch } from '../../../server/protocol/records/record.ts';
import { produce } from '../../../server/protocol/schema/00-produce.ts';
import { metadata } from '../../../server/protocol/schema/03-metadata.ts';
import { initProducerId } from '../../../server/protocol/schema/22-init-producer-id.ts';
import { Wire } from '../../oracle/wire.ts';
import { expect, find, type Workbench } from '../check.ts';

const TRANSACTIONAL = 0x10;
const HOUR_MS = 3_600_000;
const plain = {
  compress: (_codec: number, bytes: Buffer) => bytes,
  decompress: (_codec: number, bytes: Buffer) => bytes,
};

export async function hangingTransaction(bench: Workbench): Promise<string> {
  const topic = await bench.topic('hanging', 1);
  const verification = (verb: readonly string[]) =>
    bench.tool('ConfigCommand', ['--alter', '--entity-type', 'brokers', '--entity-default', ...verb]);
  await verification(['--add-config', 'transaction.partition.verification.enable=false']);
  try {
    await leaveOpen(bench.bootstrapServers, topic);
  } finally {
    await verification(['--delete-config', 'transaction.partition.verification.enable']);
  }
  const command = (args: readonly string[]) => bench.tool('TransactionsCommand', args);
  const place = ['--topic', topic, '--partition', '0'];
  const hanging = new RegExp(`${topic}\\s+0\\s+\\d+\\s+0\\s`);
  const look = (brokerId: number) =>
    command(['find-hanging', '--broker-id', String(brokerId), '--max-transaction-timeout', '15']);
  for (let brokerId = 1; brokerId <= bench.replicationFactor; brokerId++) {
    find(await look(brokerId), hanging, `the hanging transaction, asked of broker ${brokerId}`);
  }
  await command(['abort', ...place, '--start-offset', '0']);
  expect(!hanging.test(await look(1)), 'it still hangs after it was aborted');
  find(await command(['describe-producers', ...place]), /None\s*$/m, 'a producer with nothing open');
  return 'a transaction without coordinator left open, found from every replica, aborted';
}

/** One record of a transaction that no coordinator knows, an hour old. */
async function leaveOpen(bootstrapServers: string, topic: string): Promise<void> {
  const first = await Wire.open(bootstrapServers.split(',')[0] ?? '', 'hanging');
  const seen = await first.send(metadata, 12, { topics: [{ name: topic }], allowAutoTopicCreation: false });
  const { producerId, producerEpoch } = await first.send(initProducerId, 4, {
    transactionalId: null,
    transactionTimeoutMs: 60_000,
  });
  first.close();
  const leaderId = seen.topics[0]?.partitions[0]?.leaderId;
  const leader = seen.brokers.find(({ nodeId }) => nodeId === leaderId);
  const wire = await Wire.open(`${leader?.host}:${leader?.port}`, 'hanging');
  const record = { timestampMs: Date.now() - HOUR_MS, key: null, value: Buffer.from('left open') };
  const batch = { records: [record], producerId, producerEpoch, baseSequence: 0, flags: TRANSACTIONAL };
  const answer = await wire.send(produce, 9, {
    transactionalId: `${topic}-id`,
    acks: -1,
    timeoutMs: 10_000,
    topicData: [{ name: topic, partitionData: [{ index: 0, records: encodeBatch(batch, plain) }] }],
  });
  wire.close();
  const errorCode = answer.responses[0]?.partitionResponses[0]?.errorCode;
  expect(errorCode === 0, `the write that is to hang was refused with ${errorCode}`);
}
