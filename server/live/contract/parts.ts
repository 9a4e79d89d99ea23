// What every view and answer is made of, and how a cluster introduces itself. A schema and the type of what it describes bear one name.
import { z } from 'zod';
import type { Shape } from './declare.ts';
import type { RowWindow as rowWindow } from './inputs.ts';

export const text = z.string();
export const flag = z.boolean();
/** Ids, counts, offsets, sizes and times: within ±(2^53−1). */
export const int = z.int();
/** Rates and shares: finite. */
export const real = z.number();

export const Problem = z.strictObject({
  /** Broker that did not answer, or null when the problem is not one broker's. */
  brokerId: int.nullable(),
  /** What could not be read, why, and what to do, as one sentence. */
  sentence: text,
});
export type Problem = Shape<typeof Problem>;

/** How fresh a collection is. */
export const Freshness = z.strictObject({
  /** When the values were sampled; null until the first sample arrived. */
  sampledAtMs: int.nullable(),
  /** How often they are sampled while somebody looks. */
  intervalMs: int,
});
export type Freshness = Shape<typeof Freshness>;

/** What every view carries: how fresh it is, and what could not be read for it. */
export const Sampled = z.strictObject({ freshness: Freshness, problems: z.array(Problem) });
export type Sampled = Shape<typeof Sampled>;

/** The window of rows wanted of a long list: limit ≤ 200. */
export type RowWindow = Shape<typeof rowWindow>;

/** The rows of a list that a window shows: from `offset` on, of those that match. */
export const windowOf = <R extends z.ZodType>(row: R) => ({ matching: int, offset: int, rows: z.array(row) });

/** Aligned columns: `columns.x[i]` belongs to `timesMs[i]`. A null is a gap, never zero. At most 600 points. */
export const Series = z.strictObject({
  timesMs: z.array(int),
  columns: z.record(text, z.array(real.nullable())),
});
export type Series = Shape<typeof Series>;

export const ErrorBody = z.strictObject({
  /** Kafka's numeric error code, or 0 for errors of the dashboard itself. */
  code: int,
  /** UNKNOWN_TOPIC_OR_PARTITION, INVALID_ARGUMENT, DISCONNECTED, … */
  name: text,
  /** What happened, why, and how to mend it. */
  message: text,
  retriable: flag,
});
export type ErrorBody = Shape<typeof ErrorBody>;

export const HealthLevel = z.enum(['ok', 'notice', 'warn', 'critical']);
export type HealthLevel = Shape<typeof HealthLevel>;
export const Health = z.strictObject({
  level: HealthLevel,
  /** "All 3 brokers are up and every partition has a leader." */
  sentence: text,
  causes: z.array(z.strictObject({ level: HealthLevel, sentence: text, href: text.nullable() })),
});
export type Health = Shape<typeof Health>;

export const ClusterCapabilities = z.strictObject({
  /** The cluster runs inside this process. */
  embedded: flag,
  /** Its nodes can be stopped, killed, frozen and started from here: the calls `lab.*` and the channel `lab` work. */
  lab: flag,
  /** Why there is no lab, as a sentence for a person. */
  whyNoLab: text.optional(),
  /** Kafka API keys with the version range that every broker serves. */
  apis: z.record(text, z.strictObject({ min: int, max: int })),
  /** Channels, streams and calls that cannot work on this cluster, by name: why, as one sentence for a person. */
  lacks: z.record(text, text),
});
export type ClusterCapabilities = Shape<typeof ClusterCapabilities>;

export const ClusterSummary = z.strictObject({
  /** Path segment in /c/<id>. */
  id: text,
  name: text,
  mode: z.enum(['embedded', 'external']),
  bootstrapServers: z.array(text),
  capabilities: ClusterCapabilities,
});
export type ClusterSummary = Shape<typeof ClusterSummary>;
