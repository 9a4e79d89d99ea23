// Steps of sessions about topics: created, grown, gone.
import { metadata } from '../../../server/protocol/schema/03-metadata.ts';
import { createPartitions } from '../../../server/protocol/schema/37-create-partitions.ts';
import type { Talk } from '../talk.ts';

export interface NewTopic {
  readonly name: string;
  readonly partitions?: number;
  readonly replicationFactor?: number;
  readonly assignments?: readonly (readonly number[])[];
  readonly configs?: Readonly<Record<string, string | null>>;
}
/** What CreateTopics is asked for. */
export const asked = (topics: readonly NewTopic[], validateOnly = false) => ({
  topics: topics.map(({ name, partitions = 1, replicationFactor = 1, assignments = [], configs = {} }) => ({
    name,
    numPartitions: partitions,
    replicationFactor,
    assignments: assignments.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds: [...brokerIds] })),
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  })),
  timeoutMs: 30_000,
  validateOnly,
});

interface GrowOptions {
  readonly assignments?: readonly (readonly number[])[] | null;
  readonly version?: number;
  readonly validateOnly?: boolean;
}
export const grow = (
  talk: Talk,
  name: string,
  count: number,
  { assignments = null, version = 3, validateOnly = false }: GrowOptions = {},
) =>
  talk.ask(createPartitions, version, {
    topics: [{ name, count, assignments: assignments?.map((brokerIds) => ({ brokerIds: [...brokerIds] })) ?? null }],
    timeoutMs: 30_000,
    validateOnly,
  });

/** Waits until nobody knows the name any more. */
export const gone = (talk: Talk, name: string) =>
  talk.until(
    metadata,
    9,
    { topics: [{ name }], allowAutoTopicCreation: false },
    ({ topics }) => topics[0]?.errorCode === 3,
  );
