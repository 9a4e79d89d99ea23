// What producers in transactions have in common: each request of one asked once, as one of either version of the protocol does. Who calls
// decides what an answer means and whether to ask again.
import { ErrorCode } from '../../protocol/errors.ts';
import { TRANSACTIONAL_BIT } from '../../protocol/records/batch.ts';
import { encodeBatch } from '../../protocol/records/record.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { initProducerId } from '../../protocol/schema/22-init-producer-id.ts';
import { addPartitionsToTxn } from '../../protocol/schema/24-add-partitions-to-txn.ts';
import { endTxn } from '../../protocol/schema/26-end-txn.ts';
import type { Place } from '../place.ts';
import type { Client } from './client.ts';
import { Coordinator, TRANSACTION_KEY } from './coordinator.ts';

/** What a producer is, from one InitProducerId to the next, or in version 2 to the end of a transaction. */
export interface Identity {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** The next of each partition. */
  readonly sequences: Map<number, number>;
}
export const identityOf = ({ producerId, producerEpoch }: Omit<Identity, 'sequences'>): Identity => ({
  producerId,
  producerEpoch,
  sequences: new Map(),
});

export interface TransactionalOptions {
  readonly transactionalId: string;
  /** 2: each transaction has an epoch of its own, partitions are added by writing to them (KIP-890). */
  readonly version: 1 | 2;
  readonly transactionTimeoutMs: number;
}
const TIMEOUT_MS = 6000;
const PRODUCE_TIMEOUT_MS = 3000;

/** The answer says nothing yet: asked again. */
export const WAIT: ReadonlySet<number> = new Set([
  ErrorCode.CONCURRENT_TRANSACTIONS,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.FENCED_LEADER_EPOCH,
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.NOT_ENOUGH_REPLICAS,
  ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  ErrorCode.REQUEST_TIMED_OUT,
  ErrorCode.NETWORK_EXCEPTION,
  ErrorCode.KAFKA_STORAGE_ERROR,
  ErrorCode.UNKNOWN_SERVER_ERROR,
]);

/** Each answer is null when there was none. */
export class TransactionalProducer {
  readonly coordinator: Coordinator;
  readonly #client: Client;
  readonly #o: TransactionalOptions;

  constructor(client: Client, options: TransactionalOptions) {
    this.#client = client;
    this.#o = options;
    this.coordinator = new Coordinator(client, TRANSACTION_KEY, options.transactionalId);
  }

  async init() {
    if (!(await this.coordinator.find())) return null;
    const { transactionalId, transactionTimeoutMs } = this.#o;
    const request = { transactionalId, transactionTimeoutMs, producerId: -1, producerEpoch: -1 };
    return this.#client.ask(this.coordinator.nodeId, initProducerId, 5, request, TIMEOUT_MS);
  }
  async end({ producerId, producerEpoch }: Identity, committed: boolean) {
    if (!(await this.coordinator.find())) return null;
    const { transactionalId, version } = this.#o;
    const request = { transactionalId, producerId, producerEpoch, committed };
    return this.#client.ask(this.coordinator.nodeId, endTxn, version === 1 ? 4 : 5, request, TIMEOUT_MS);
  }
  /** The code. What is acknowledged is counted in the identity's sequences. */
  async write(identity: Identity, { topic, partition }: Place, values: readonly string[]): Promise<number | null> {
    const { transactionalId, version } = this.#o;
    const { producerId, producerEpoch, sequences } = identity;
    if (version === 1) {
      const added = await this.#add(identity, { topic, partition });
      if (added !== ErrorCode.NONE) return added;
    }
    const leader = this.#client.leaderOf(topic, partition)?.leader ?? -1;
    if (leader === -1) return null;
    const timestampMs = this.#client.world.clock.nowMs();
    const baseSequence = sequences.get(partition) ?? 0;
    const records = encodeBatch({
      records: values.map((value) => ({ timestampMs, key: null, value: Buffer.from(value) })),
      ...{ producerId, producerEpoch, baseSequence, flags: TRANSACTIONAL_BIT },
    });
    const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }];
    const request = { transactionalId, acks: -1, timeoutMs: PRODUCE_TIMEOUT_MS, topicData };
    const answer = await this.#client.ask(leader, produce, version === 1 ? 11 : 12, request, TIMEOUT_MS);
    const errorCode = answer?.responses[0]?.partitionResponses[0]?.errorCode ?? null;
    if (errorCode === ErrorCode.NONE) sequences.set(partition, baseSequence + values.length);
    return errorCode;
  }
  async #add({ producerId, producerEpoch }: Identity, { topic, partition }: Place): Promise<number | null> {
    if (!(await this.coordinator.find())) return null;
    const request = {
      v3AndBelowTransactionalId: this.#o.transactionalId,
      v3AndBelowProducerId: producerId,
      v3AndBelowProducerEpoch: producerEpoch,
      v3AndBelowTopics: [{ name: topic, partitions: [partition] }],
    };
    const answer = await this.#client.ask(this.coordinator.nodeId, addPartitionsToTxn, 3, request, TIMEOUT_MS);
    return answer?.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? null;
  }
}
