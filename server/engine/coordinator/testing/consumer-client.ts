// A client of the consumer protocol as KIP-848 wants it: heartbeats, gives back what it is to lose, takes what it is given, begins
// anew when it is fenced. For tests.
import { ErrorCode } from '../../../protocol/errors.ts';
import type { BeatAnswer, Bench } from './bench.ts';

interface TopicPartitions {
  readonly topicId: string;
  readonly partitions: readonly number[];
}
export interface ClientOptions {
  readonly groupId?: string;
  readonly topics?: readonly string[];
  readonly regex?: string;
  readonly instanceId?: string;
  readonly assignor?: string;
  readonly rebalanceTimeoutMs?: number;
}

export class ConsumerClient {
  readonly bench: Bench;
  readonly options: ClientOptions;
  memberId: string;
  epoch = 0;
  /** `${topic id}:${partition}`: what it reads from. */
  readonly owned = new Set<string>();
  #target: Set<string> | null = null;
  /** What the coordinator knows it owns is what it owns. */
  #isAcknowledged = false;

  constructor(bench: Bench, memberId: string, options: ClientOptions = {}) {
    this.bench = bench;
    this.memberId = memberId;
    this.options = options;
  }

  /** One heartbeat, and what follows from its answer. */
  async beat(): Promise<BeatAnswer> {
    const isJoin = this.epoch === 0;
    const { groupId, topics, regex, instanceId, assignor, rebalanceTimeoutMs } = this.options;
    const answer = await this.bench.beat({
      ...(groupId === undefined ? {} : { groupId }),
      memberId: this.memberId,
      memberEpoch: this.epoch,
      instanceId: instanceId ?? null,
      ...(isJoin
        ? {
            rebalanceTimeoutMs: rebalanceTimeoutMs ?? 60_000,
            subscribedTopicNames: topics ?? (regex === undefined ? ['orders'] : []),
            subscribedTopicRegex: regex ?? null,
            serverAssignor: assignor ?? null,
            topicPartitions: [],
          }
        : { topicPartitions: this.#isAcknowledged ? null : this.ownedTopics() }),
    });
    this.take(answer);
    return answer;
  }

  take(answer: BeatAnswer): void {
    if (answer.errorCode === ErrorCode.FENCED_MEMBER_EPOCH || answer.errorCode === ErrorCode.UNKNOWN_MEMBER_ID) {
      this.owned.clear();
      this.epoch = 0;
      return;
    }
    if (answer.errorCode !== ErrorCode.NONE) return;
    this.epoch = answer.memberEpoch;
    this.#isAcknowledged = true;
    if (answer.assignment === null) return;
    this.#target = new Set(keysOf((answer.assignment.topicPartitions ?? []) as TopicPartitions[]));
    for (const key of this.owned) if (!this.#target.has(key)) this.owned.delete(key);
    for (const key of this.#target) this.owned.add(key);
    // What it has now goes into the next heartbeat.
    this.#isAcknowledged = false;
  }

  leave(memberEpoch = -1): Promise<BeatAnswer> {
    const { groupId, instanceId } = this.options;
    const group = groupId === undefined ? {} : { groupId };
    this.owned.clear();
    this.epoch = 0;
    return this.bench.beat({ ...group, memberId: this.memberId, memberEpoch, instanceId: instanceId ?? null });
  }

  /** Partition numbers of the topic "orders". */
  get parts(): number[] {
    return [...this.owned].map((key) => Number(key.split(':')[1])).sort((a, b) => a - b);
  }

  ownedTopics(): TopicPartitions[] {
    const topics = new Map<string, number[]>();
    for (const key of this.owned) {
      const [topicId = '', partition] = key.split(':');
      topics.set(topicId, [...(topics.get(topicId) ?? []), Number(partition)]);
    }
    return [...topics].map(([topicId, partitions]) => ({ topicId, partitions }));
  }
}

function keysOf(list: readonly TopicPartitions[]): string[] {
  return list.flatMap(({ topicId, partitions }) => partitions.map((partition) => `${topicId}:${partition}`));
}

/** Everyone heartbeats in turn until nothing changes any more. */
export async function settle(...clients: ConsumerClient[]): Promise<void> {
  for (let round = 0; round < 8; round++) for (const client of clients) await client.beat();
}
