// Reads how many bytes each partition takes on disk (DescribeLogDirs), slower than the offsets because a broker has to
// look at every log. Writes the figures.
import { DESCRIBE_LOG_DIRS } from '../../client/apis.ts';
import type { BrokerGate } from '../../client/asking/per-broker.ts';
import type { KafkaClient } from '../../client/client.ts';
import { kafkaError } from '../../client/errors.ts';
import { toNumber } from '../../client/int64.ts';
import type { TopicNode } from '../../client/metadata.ts';
import type { Problem } from '../../live/contract.ts';
import type { Figures } from '../model/figures.ts';

export class LogDirReader {
  readonly #client: KafkaClient;
  readonly #figures: Figures;

  constructor(client: KafkaClient, figures: Figures) {
    this.#client = client;
    this.#figures = figures;
  }

  /** All topics on all brokers. Never throws. */
  async sampleAll(gate: BrokerGate): Promise<readonly Problem[]> {
    const problems = await gate.askAll(this.#client.metadata.brokers.keys(), 'the sizes', async (brokerId) => {
      this.#figures.brokerSizeBytes.set(brokerId, await this.#ask(brokerId, null));
    });
    for (const { brokerId } of problems) if (brokerId !== null) this.#figures.brokerSizeBytes.delete(brokerId);
    for (const name of this.#client.metadata.topics.keys()) this.#figures.of(name)?.sizesChanged();
    this.#figures.sizesSampledAtMs = Date.now();
    return problems;
  }

  /** One topic, at the brokers that lead its partitions. Never throws. */
  async sampleTopic(gate: BrokerGate, topic: TopicNode): Promise<readonly Problem[]> {
    const byLeader = new Map<number, number[]>();
    for (const { partition, leader } of topic.partitions) {
      if (leader !== null) byLeader.set(leader, [...(byLeader.get(leader) ?? []), partition]);
    }
    const problems = await gate.askAll(byLeader.keys(), 'the sizes', async (brokerId) => {
      await this.#ask(brokerId, [{ name: topic.name, partitions: byLeader.get(brokerId) ?? [] }]);
    });
    this.#figures.of(topic.name)?.sizesChanged();
    return problems;
  }

  /** @returns the bytes of all replicas that the answer lists */
  async #ask(brokerId: number, topics: { name: string; partitions: number[] }[] | null): Promise<number> {
    const endpoint = this.#client.metadata.endpointOf(brokerId);
    if (endpoint === null) throw new Error(`broker ${brokerId} has no known address`);
    const answer = await this.#client.connections.request(endpoint, 'control', DESCRIBE_LOG_DIRS, topics);
    let totalBytes = 0;
    for (const directory of answer.results) {
      if (directory.errorCode !== 0) throw kafkaError(directory.errorCode, `Reading ${directory.logDir} failed`);
      for (const { name, partitions } of directory.topics) {
        const leaders = this.#client.metadata.topics.get(name)?.partitions;
        const figures = this.#figures.of(name);
        for (const { partitionIndex, partitionSize, isFutureKey } of partitions) {
          const sizeBytes = toNumber(partitionSize);
          totalBytes += sizeBytes;
          const isLeader = leaders?.[partitionIndex]?.leader === brokerId && !isFutureKey;
          if (isLeader && figures !== null && partitionIndex < figures.partitionCount) {
            figures.sizeBytes[partitionIndex] = sizeBytes;
          }
        }
      }
    }
    return totalBytes;
  }
}
