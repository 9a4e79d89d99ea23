// Asks the transaction coordinator, here or on another broker, whether partitions are part of a transaction, or makes them so
// (Kafka's AddPartitionsToTxnManager, KIP-890). For leaders that are written to in a transaction they have not seen yet.
import type { World } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { EPOCH_PER_TRANSACTION } from '../../../protocol/records/marker.ts';
import { addPartitionsToTxn } from '../../../protocol/schema/24-add-partitions-to-txn.ts';
import type { Partitions } from '../../coordinator/transaction/transaction.ts';
import type { TransactionCoordinator } from '../../coordinator/transaction/transaction-coordinator.ts';
import type { MetadataImage } from '../../metadata/image.ts';
import { TRANSACTIONS_TOPIC } from '../../metadata/topic-name.ts';
import { ConnectionError } from '../../rpc/connection.ts';
import type { Line } from '../link/line.ts';
import { Lines } from '../link/lines.ts';

const REQUEST_TIMEOUT_MS = 30_000;

export interface TransactionalWriter {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
}
export type CodeOf = (topic: string, partition: number) => number;

export interface TransactionPartitionsOptions {
  readonly world: World;
  readonly nodeId: number;
  readonly coordinator: TransactionCoordinator;
  image(): MetadataImage;
  setting(name: string): string;
}

export class TransactionPartitions {
  readonly #options: TransactionPartitionsOptions;
  readonly #lines: Lines;

  constructor(options: TransactionPartitionsOptions) {
    this.#options = options;
    this.#lines = new Lines({ ...options, clientId: `broker-${options.nodeId}-transactions` });
  }
  close(): void {
    this.#lines.close();
  }

  /** NONE for partitions that are part of the writer's open transaction. */
  verify(writer: TransactionalWriter, partitions: Partitions): Promise<CodeOf> {
    return this.#ask(writer, partitions, true);
  }
  /** Makes them part of it. While the transaction before is still ending, tries again for a moment. */
  async add(writer: TransactionalWriter, partitions: Partitions): Promise<CodeOf> {
    const { world, setting } = this.#options;
    const backoffMs = Number(setting('add.partitions.to.txn.retry.backoff.ms'));
    const endMs = world.clock.monotonicMs() + Number(setting('add.partitions.to.txn.retry.backoff.max.ms'));
    for (;;) {
      const codeOf = await this.#ask(writer, partitions, false);
      if (!isConcurrent(codeOf, partitions) || world.clock.monotonicMs() + backoffMs > endMs) return codeOf;
      await new Promise<void>((resolve) => world.timers.after(backoffMs, resolve));
    }
  }

  async #ask(writer: TransactionalWriter, partitions: Partitions, isVerifyOnly: boolean): Promise<CodeOf> {
    const { coordinator, image, nodeId } = this.#options;
    const state = image().topics.get(TRANSACTIONS_TOPIC)?.partitions ?? [];
    if (state.length === 0) return () => ErrorCode.COORDINATOR_NOT_AVAILABLE;
    const leader = state[coordinator.partitionOf(writer.transactionalId)]?.leader ?? -1;
    if (leader === nodeId) return askHere(coordinator, writer, partitions, isVerifyOnly);
    const line = this.#lines.to(leader);
    if (line === null) return () => ErrorCode.COORDINATOR_NOT_AVAILABLE;
    return this.#askThere(line, writer, partitions, isVerifyOnly);
  }
  async #askThere(
    line: Line,
    writer: TransactionalWriter,
    partitions: Partitions,
    verifyOnly: boolean,
  ): Promise<CodeOf> {
    const topics = [...partitions].map(([name, indexes]) => ({ name, partitions: [...indexes] }));
    try {
      const request = { transactions: [{ ...writer, verifyOnly, topics }] };
      const answer = await line.send(addPartitionsToTxn, request, REQUEST_TIMEOUT_MS);
      if (answer.errorCode !== ErrorCode.NONE) return () => answer.errorCode;
      const codes = new Map<string, number>();
      for (const { name, resultsByPartition } of answer.resultsByTransaction[0]?.topicResults ?? [])
        for (const { partitionIndex, partitionErrorCode } of resultsByPartition)
          codes.set(`${partitionIndex} ${name}`, partitionErrorCode);
      return (topic, partition) => codes.get(`${partition} ${topic}`) ?? ErrorCode.UNKNOWN_SERVER_ERROR;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      return () => ErrorCode.NETWORK_EXCEPTION;
    }
  }
}

/** The same as another broker's request would get. */
export async function askHere(
  coordinator: TransactionCoordinator,
  { transactionalId, producerId, producerEpoch }: TransactionalWriter,
  partitions: Partitions,
  isVerifyOnly: boolean,
): Promise<CodeOf> {
  const producer = { producerId, producerEpoch };
  if (isVerifyOnly) return coordinator.verifyPartitions(transactionalId, producer);
  const request = { ...producer, partitions, clientVersion: EPOCH_PER_TRANSACTION };
  const errorCode = await coordinator.addPartitions(transactionalId, request);
  return () => errorCode;
}

function isConcurrent(codeOf: CodeOf, partitions: Partitions): boolean {
  for (const [topic, indexes] of partitions)
    for (const index of indexes) if (codeOf(topic, index) === ErrorCode.CONCURRENT_TRANSACTIONS) return true;
  return false;
}

/**
 * What a writer is told when the coordinator does not let it. Clients that know no better try again after NOT_ENOUGH_REPLICAS
 * (ReplicaManager.appendRecords); TRANSACTION_ABORTABLE is for those that know it.
 */
export function toWriterError(errorCode: number, client: { knowsAbortable: boolean; addsByWriting: boolean }): number {
  switch (errorCode) {
    case ErrorCode.PRODUCER_FENCED:
      return ErrorCode.INVALID_PRODUCER_EPOCH;
    case ErrorCode.TRANSACTION_ABORTABLE:
      return client.knowsAbortable ? errorCode : ErrorCode.INVALID_TXN_STATE;
    case ErrorCode.CONCURRENT_TRANSACTIONS:
      return client.addsByWriting ? errorCode : ErrorCode.NOT_ENOUGH_REPLICAS;
    case ErrorCode.NETWORK_EXCEPTION:
    case ErrorCode.REQUEST_TIMED_OUT:
    case ErrorCode.COORDINATOR_LOAD_IN_PROGRESS:
    case ErrorCode.COORDINATOR_NOT_AVAILABLE:
    case ErrorCode.NOT_COORDINATOR:
      return ErrorCode.NOT_ENOUGH_REPLICAS;
    default:
      return errorCode;
  }
}
