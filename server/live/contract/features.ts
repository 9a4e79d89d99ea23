// The versioned features of a cluster (KIP-584): which level of each is in force, and which levels each broker could serve.
import { z } from 'zod';
import { channel, type Shape, subject } from './declare.ts';
import { nothing } from './inputs.ts';
import { int, Sampled, text } from './parts.ts';

export const BrokerLevels = z.strictObject({ brokerId: int, min: int, max: int });
export type BrokerLevels = Shape<typeof BrokerLevels>;

export const FeatureRow = z.strictObject({
  /** Kafka's name: "metadata.version". */
  name: text,
  /** What it decides, one sentence; null: this program does not know the feature. */
  says: text.nullable(),
  /** The level in force; null: none is. */
  level: int.nullable(),
  /** Levels that every broker that answered serves; null: they have none in common. */
  common: z.strictObject({ min: int, max: int }).nullable(),
  /** Of each broker that serves it, by id. */
  brokers: z.array(BrokerLevels),
});
export type FeatureRow = Shape<typeof FeatureRow>;

export const FeaturesView = z.strictObject({
  ...Sampled.shape,
  clusterId: text.nullable(),
  /** Rises with each change of a level; null: no broker has told it. */
  finalizedEpoch: int.nullable(),
  /** Brokers that have told what they serve. */
  brokersAsked: int,
  rows: z.array(FeatureRow),
});
export type FeaturesView = Shape<typeof FeaturesView>;

export const features = subject({
  channels: {
    features: channel({
      params: nothing,
      data: FeaturesView,
      says: 'Shows the features of the cluster: the level in force, and the levels that each broker serves.',
    }),
  },
  streams: {},
  calls: {},
});
