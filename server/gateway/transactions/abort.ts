// What can be done about a transaction: end it in one partition by a marker, or fence its producer. Called by feature.ts. What is
// gone by the time it is asked for is refused, never done to another transaction.
import { DESCRIBE_TRANSACTIONS, INIT_PRODUCER_ID } from '../../client/apis.ts';
import type { Endpoint } from '../../client/connections.ts';
import { ClusterError, isRetriableCode, kafkaError, throwIfError, unknownTopic } from '../../client/errors.ts';
import { WRITE_ABORT_MARKER } from '../../client/marker-api.ts';
import type { CallArgs, CallResult } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { describeOpen } from './held.ts';

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 20;
/** CONCURRENT_TRANSACTIONS: the transaction of before is being aborted, which fencing waits for. */
const CONCURRENT_TRANSACTIONS = 51;
const ATTEMPT_PAUSE_MS = 150;

/** As Kafka's TransactionsCommand abort --start-offset. @throws ClusterError */
export async function abortTransaction(
  context: GatewayContext,
  { topic, partition, producerId, startOffset }: CallArgs<'transaction.abort'>,
): Promise<CallResult<'transaction.abort'>> {
  await context.metadata.fresh(1_000);
  const node = context.metadata.topics.get(topic)?.partitions[partition];
  if (node === undefined) throw unknownTopic(topic);
  const what = `Aborting the transaction in partition ${partition} of ${topic} failed`;
  if (node.leader === null) throw kafkaError(5, what);
  const [open] = (await describeOpen(context, node.leader, [{ topic, partition }])).filter(
    (each) => each.producerId === producerId && each.startOffset === startOffset,
  );
  if (open === undefined) {
    throw new ClusterError(
      'INVALID_TXN_STATE',
      `${what}: producer id ${producerId} has no transaction open there from offset ${startOffset} on any more. Nothing was changed.`,
      { code: 48 },
    );
  }
  const marker = {
    producerId: BigInt(producerId),
    producerEpoch: open.producerEpoch,
    coordinatorEpoch: Math.max(0, open.coordinatorEpoch),
    topic,
    partition,
  };
  const answer = await context.connections.request(
    context.client.broker(node.leader),
    'admin',
    WRITE_ABORT_MARKER,
    marker,
  );
  throwIfError(answer.errorCode, what);
  return { topic, partition };
}

/** As Kafka's Admin.fenceProducers: a new epoch for the transactional id. @throws ClusterError */
export async function fenceProducer(
  context: GatewayContext,
  { transactionalId }: CallArgs<'transaction.fence'>,
): Promise<CallResult<'transaction.fence'>> {
  const what = `Fencing the producer of ${transactionalId} failed`;
  await context.metadata.fresh(5_000);
  for (let attempt = 1; ; attempt += 1) {
    const coordinator = await context.client.coordinator('transaction', transactionalId, what);
    const timeoutMs = await currentTimeoutMs(context, coordinator, transactionalId, what);
    const answer = await context.connections.request(
      coordinator,
      'admin',
      INIT_PRODUCER_ID,
      transactionalId,
      timeoutMs,
      -1n,
      -1,
    );
    if (answer.errorCode === 0) return { producerId: String(answer.producerId), producerEpoch: answer.producerEpoch };
    const mayPass = answer.errorCode === CONCURRENT_TRANSACTIONS || isRetriableCode(answer.errorCode);
    if (!mayPass || attempt >= MAX_ATTEMPTS) throw kafkaError(answer.errorCode, what);
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_PAUSE_MS));
  }
}

/** The id keeps the time-out it has. One that no coordinator knows is refused: fencing would make it. */
async function currentTimeoutMs(
  context: GatewayContext,
  coordinator: Endpoint,
  transactionalId: string,
  what: string,
): Promise<number> {
  const answer = await context.connections.request(coordinator, 'admin', DESCRIBE_TRANSACTIONS, [transactionalId]);
  const [described] = answer.transactionStates;
  if (described !== undefined && !isRetriableCode(described.errorCode)) throwIfError(described.errorCode, what);
  return described !== undefined && described.transactionTimeoutMs > 0
    ? described.transactionTimeoutMs
    : DEFAULT_TIMEOUT_MS;
}
