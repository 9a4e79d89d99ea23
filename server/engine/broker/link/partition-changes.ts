// The leader's wishes for in-sync replicas, put to the controller (AlterPartitionManager). Wishes that come while a request is
// under way go together in the next one; one request is in flight at a time. It never decides what a leader should wish.
import type { RequestInput, ResponseOf } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { alterPartition } from '../../../protocol/schema/56-alter-partition.ts';

/** What a leader wants its partition's in-sync replicas to be, as seen in these epochs (KIP-497). */
export interface PartitionWish {
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly newInSyncReplicas: readonly number[];
  /**
   * Broker epochs of newInSyncReplicas, in the same order, as their fetches named them (KIP-903): a replica that has registered
   * anew since is refused. Where it is left out the image's are sent.
   */
  readonly brokerEpochs?: readonly number[];
}
/** The controller's word: with NONE the partition as it is now, else a refusal that repeats what was asked. */
export interface PartitionOutcome {
  readonly topicId: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly partitionEpoch: number;
  readonly inSyncReplicas: readonly number[];
}

type Request = RequestInput<typeof alterPartition>;
type Answer = ResponseOf<typeof alterPartition>;

/** Partitions per request; the controller's batch holds 10,000 records. */
const MAX_PARTITIONS = 5000;

interface Asking {
  readonly wishes: readonly PartitionWish[];
  resolve(outcomes: readonly PartitionOutcome[]): void;
  reject(error: unknown): void;
}

export class PartitionChanges {
  readonly #send: (request: Request) => Promise<Answer>;
  readonly #self: () => { readonly brokerId: number; readonly brokerEpoch: number };
  readonly #epochOf: (brokerId: number) => number;
  /** Bounded by its callers: a partition asks again only when it was answered. */
  #waiting: Asking[] = [];
  #isSending = false;

  /** `send` rejects with whatever the callers are to see. */
  constructor(o: {
    send: (request: Request) => Promise<Answer>;
    self: () => { readonly brokerId: number; readonly brokerEpoch: number };
    epochOf: (brokerId: number) => number;
  }) {
    this.#send = o.send;
    this.#self = o.self;
    this.#epochOf = o.epochOf;
  }

  /** One outcome per wish, in their order. Rejects with what `send` rejects with. */
  ask(wishes: readonly PartitionWish[]): Promise<readonly PartitionOutcome[]> {
    if (wishes.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ wishes, resolve, reject });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        const answer = await this.#send(this.#requestFor(batch.flatMap(({ wishes }) => wishes)));
        const found = outcomesOf(answer);
        for (const { wishes, resolve } of batch)
          resolve(wishes.map((wish) => outcomeFor(wish, found, answer.errorCode)));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isSending = false;
  }
  #nextBatch(): Asking[] {
    let partitions = 0;
    const count = this.#waiting.findIndex(({ wishes }) => {
      partitions += wishes.length;
      return partitions > MAX_PARTITIONS;
    });
    return this.#waiting.splice(0, count < 0 ? this.#waiting.length : Math.max(1, count));
  }

  #requestFor(wishes: readonly PartitionWish[]): Request {
    const byTopic = Map.groupBy(wishes, ({ topicId }) => topicId);
    const topics = [...byTopic].map(([topicId, ofTopic]) => ({
      topicId,
      partitions: ofTopic.map((wish) => ({
        partitionIndex: wish.partition,
        leaderEpoch: wish.leaderEpoch,
        partitionEpoch: wish.partitionEpoch,
        newIsrWithEpochs: wish.newInSyncReplicas.map((brokerId, i) => ({
          brokerId,
          brokerEpoch: wish.brokerEpochs?.[i] ?? this.#epochOf(brokerId),
        })),
      })),
    }));
    return { ...this.#self(), topics };
  }
}

const keyOf = (topicId: string, partition: number) => `${topicId}-${partition}`;

function outcomesOf(answer: Answer): Map<string, PartitionOutcome> {
  const outcomes = new Map<string, PartitionOutcome>();
  for (const { topicId, partitions } of answer.topics) {
    for (const one of partitions) {
      const { partitionIndex: partition, errorCode, leaderId: leader, leaderEpoch, partitionEpoch } = one;
      const outcome = { topicId, partition, errorCode, leader, leaderEpoch, partitionEpoch, inSyncReplicas: one.isr };
      outcomes.set(keyOf(topicId, partition), outcome);
    }
  }
  return outcomes;
}

/** An error of the whole request, such as STALE_BROKER_EPOCH, is each partition's. */
function outcomeFor(
  wish: PartitionWish,
  found: ReadonlyMap<string, PartitionOutcome>,
  requestError: number,
): PartitionOutcome {
  const { topicId, partition, leaderEpoch, partitionEpoch } = wish;
  const outcome = requestError === ErrorCode.NONE ? found.get(keyOf(topicId, partition)) : undefined;
  if (outcome?.errorCode === ErrorCode.NONE) return outcome;
  const errorCode = outcome?.errorCode ?? (requestError || ErrorCode.UNKNOWN_SERVER_ERROR);
  return { topicId, partition, errorCode, leader: -1, leaderEpoch, partitionEpoch, inSyncReplicas: [] };
}
