// Samples start and end offsets into the figures. Called by the core sampler, by the watched entities and by the groups (after
// their committed offsets). Who wants offsets for an answer of its own asks the client.
import type { BrokerGate } from '../../client/asking/per-broker.ts';
import type { KafkaClient } from '../../client/client.ts';
import { kafkaErrorName } from '../../client/errors.ts';
import {
  askOffsets,
  EARLIEST,
  LATEST,
  type OffsetAnswer,
  offsetsByLeader,
  type TopicPartitions,
} from '../../client/records/offsets.ts';
import type { Problem } from '../../live/contract.ts';
import type { Figures } from '../model/figures.ts';

export type OffsetKind = 'earliest' | 'latest';
const TIMESTAMP_OF = { earliest: EARLIEST, latest: LATEST } as const;
/** Errors after which the metadata must be read again. */
const STALE_METADATA = new Set([
  'NOT_LEADER_OR_FOLLOWER',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'FENCED_LEADER_EPOCH',
  'LEADER_NOT_AVAILABLE',
]);

export class OffsetReader {
  readonly #client: KafkaClient;
  readonly #figures: Figures;
  /** Set when an answer showed that leaders have moved; the core sampler reads the metadata and clears it. */
  isMetadataStale = false;

  constructor(client: KafkaClient, figures: Figures) {
    this.#client = client;
    this.#figures = figures;
  }

  /** Samples into the figures. Never throws: what could not be read becomes unknown and a problem. */
  async sample(gate: BrokerGate, kind: OffsetKind, wanted: Iterable<TopicPartitions>): Promise<readonly Problem[]> {
    const forget = (topic: string, partition: number) => this.#figures.of(topic)?.forgetPartition(partition);
    const byLeader = offsetsByLeader(this.#client.metadata, wanted, TIMESTAMP_OF[kind], forget);
    return gate.askAll(byLeader.keys(), kind === 'latest' ? 'the end offsets' : 'the start offsets', async (leader) => {
      const topics = byLeader.get(leader) ?? [];
      try {
        const asked = { leader, topics, lane: 'control', isStable: false } as const;
        await askOffsets(this.#client, asked, (answer) => this.#write(kind, answer));
      } catch (error) {
        for (const { name, partitions } of topics) {
          for (const { partitionIndex } of partitions) forget(name, partitionIndex);
        }
        throw error;
      }
    });
  }

  #write(kind: OffsetKind, answer: OffsetAnswer): void {
    const figures = this.#figures.of(answer.topic);
    if (figures === null) return;
    if (answer.errorCode !== 0) {
      if (STALE_METADATA.has(kafkaErrorName(answer.errorCode))) this.isMetadataStale = true;
      figures.forgetPartition(answer.partition);
    } else if (kind === 'latest') {
      figures.setEnd(answer.partition, answer.offset, Date.now());
    } else {
      figures.setStart(answer.partition, answer.offset);
    }
  }
}
