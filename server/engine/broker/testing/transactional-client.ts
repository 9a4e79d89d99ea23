// A transactional producer on the wire, one request at a time: for tests of transactions. Speaks to any node of a cluster in memory.
import type { Api } from '../../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { produce } from '../../../protocol/schema/00-produce.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import { findCoordinator } from '../../../protocol/schema/10-find-coordinator.ts';
import { initProducerId } from '../../../protocol/schema/22-init-producer-id.ts';
import { addPartitionsToTxn } from '../../../protocol/schema/24-add-partitions-to-txn.ts';
import { addOffsetsToTxn } from '../../../protocol/schema/25-add-offsets-to-txn.ts';
import { endTxn } from '../../../protocol/schema/26-end-txn.ts';
import { txnOffsetCommit } from '../../../protocol/schema/28-txn-offset-commit.ts';
import { CONCURRENT } from './retriable.ts';

export type Ask = <Q extends Fields, R extends Fields>(
  nodeId: number,
  api: Api<Q, R>,
  input: Input<Q>,
  version?: number,
) => Promise<Value<R>>;

export interface ClientOptions {
  readonly ask: Ask;
  /** Lets time pass between two tries. */
  readonly pause: () => Promise<void>;
  readonly transactionalId: string;
  /** 1: AddPartitionsToTxn, Produce 11, EndTxn 4. 2: Produce 12, EndTxn 5. */
  readonly version?: 1 | 2;
  readonly timeoutMs?: number;
  /** Nodes that live: they are asked for the coordinator in turn. */
  readonly nodes?: () => readonly number[];
}

export class TransactionalClient {
  producerId = -1;
  epoch = -1;
  readonly version: 1 | 2;
  readonly #o: ClientOptions;
  readonly #sequences = new Map<string, number>();

  constructor(options: ClientOptions) {
    this.#o = options;
    this.version = options.version ?? 2;
  }

  async coordinator(): Promise<number> {
    for (let i = 0; i < 200; i++) {
      const nodes = this.#o.nodes?.() ?? [1];
      const node = nodes[i % nodes.length] ?? 1;
      const request = { keyType: 1, coordinatorKeys: [this.#o.transactionalId] };
      const answer = await this.#o.ask(node, findCoordinator, request).catch(() => null);
      const found = answer?.coordinators[0];
      if (found?.errorCode === 0) return found.nodeId;
      await this.#o.pause();
    }
    throw new Error('no transaction coordinator');
  }
  /** Asks the coordinator until the answer is not one to wait for. */
  async #settled(run: (nodeId: number) => Promise<number>): Promise<number> {
    let errorCode = -1;
    for (let i = 0; i < 200; i++) {
      errorCode = await this.coordinator()
        .then(run)
        .catch(() => CONCURRENT[0] ?? -1);
      if (!CONCURRENT.includes(errorCode)) return errorCode;
      await this.#o.pause();
    }
    return errorCode;
  }

  /** A new epoch; `keeps`: as the producer it is. */
  init(keeps = false): Promise<number> {
    return this.#settled(async (nodeId) => {
      const { transactionalId, timeoutMs: transactionTimeoutMs = 60_000 } = this.#o;
      const own = keeps ? { producerId: this.producerId, producerEpoch: this.epoch } : {};
      const request = { transactionalId, transactionTimeoutMs, ...own };
      const answer = await this.#o.ask(nodeId, initProducerId, { producerEpoch: -1, ...request });
      if (answer.errorCode === 0) this.#become(answer);
      return answer.errorCode;
    });
  }
  #become({ producerId, producerEpoch }: { producerId: number; producerEpoch: number }): void {
    if (producerId === this.producerId && producerEpoch === this.epoch) return;
    this.producerId = producerId;
    this.epoch = producerEpoch;
    this.#sequences.clear();
  }
  async addPartitions(topic: string, ...partitions: number[]): Promise<number> {
    return this.#settled(async (nodeId) => {
      const answer = await this.#o.ask(
        nodeId,
        addPartitionsToTxn,
        {
          v3AndBelowTransactionalId: this.#o.transactionalId,
          v3AndBelowProducerId: this.producerId,
          v3AndBelowProducerEpoch: this.epoch,
          v3AndBelowTopics: [{ name: topic, partitions }],
        },
        3,
      );
      return answer.resultsByTopicV3AndBelow[0]?.resultsByPartition[0]?.partitionErrorCode ?? -1;
    });
  }
  /** One batch; version 2 adds the partition by it. */
  async write(leader: number, topic: string, values: readonly string[], partition = 0): Promise<number> {
    const key = `${topic}-${partition}`;
    const baseSequence = this.#sequences.get(key) ?? 0;
    const records = encodeBatch({
      records: values.map((value) => ({ timestampMs: 1_700_000_000_000, key: null, value: Buffer.from(value) })),
      producerId: this.producerId,
      producerEpoch: this.epoch,
      baseSequence,
      flags: 0x10,
    });
    const topicData = [{ name: topic, partitionData: [{ index: partition, records }] }];
    const request = { transactionalId: this.#o.transactionalId, acks: -1, timeoutMs: 10_000, topicData };
    const answer = await this.#o.ask(leader, produce, request, this.version === 1 ? 11 : 12);
    const errorCode = answer.responses[0]?.partitionResponses[0]?.errorCode ?? -1;
    if (errorCode === 0) this.#sequences.set(key, baseSequence + values.length);
    return errorCode;
  }
  end(committed: boolean): Promise<number> {
    return this.#settled((nodeId) => this.endOnce(nodeId, committed));
  }
  /** Sent once, whatever it is answered. */
  async endOnce(nodeId: number, committed: boolean): Promise<number> {
    const { transactionalId } = this.#o;
    const request = { transactionalId, producerId: this.producerId, producerEpoch: this.epoch, committed };
    const answer = await this.#o.ask(nodeId, endTxn, request, this.version === 1 ? 4 : 5);
    if (answer.errorCode === 0 && this.version === 2) this.#become(answer);
    return answer.errorCode;
  }
  addGroup(groupId: string): Promise<number> {
    return this.#settled(async (nodeId) => {
      const { transactionalId } = this.#o;
      const request = { transactionalId, producerId: this.producerId, producerEpoch: this.epoch, groupId };
      return (await this.#o.ask(nodeId, addOffsetsToTxn, request)).errorCode;
    });
  }
  async commitOffset(nodeId: number, groupId: string, topic: string, committedOffset: number): Promise<number> {
    const { transactionalId } = this.#o;
    const topics = [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: '' }] }];
    const request = { transactionalId, groupId, producerId: this.producerId, producerEpoch: this.epoch, topics };
    const answer = await this.#o.ask(nodeId, txnOffsetCommit, request, this.version === 1 ? 3 : 5);
    return answer.topics[0]?.partitions[0]?.errorCode ?? -1;
  }
}

/** What a read_committed consumer is given of partition 0 from the start: values, without those of aborted transactions. */
export async function readCommitted(ask: Ask, leader: number, topic: string) {
  const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 10_485_760 }];
  const request = { maxWaitMs: 0, minBytes: 1, isolationLevel: 1, topics: [{ topic, partitions }] };
  const answer = await ask(leader, fetch, request, 12);
  const found = answer.responses[0]?.partitions[0];
  if (found === undefined) throw new Error('Fetch answers for its partition');
  return found;
}
