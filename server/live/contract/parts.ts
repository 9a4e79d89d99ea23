// What every view, call and message is made of, and how a cluster introduces itself.

export interface Problem {
  /** Broker that did not answer, or null when the problem is not one broker's. */
  readonly brokerId: number | null;
  /** What could not be read, why, and what to do, as one sentence. */
  readonly sentence: string;
}

/** How fresh a collection is. */
export interface Freshness {
  /** When the values were sampled; null until the first sample arrived. */
  readonly sampledAtMs: number | null;
  /** How often they are sampled while somebody looks. */
  readonly intervalMs: number;
}

/** What every view carries: how fresh it is, and what could not be read for it. */
export interface Sampled {
  readonly freshness: Freshness;
  readonly problems: readonly Problem[];
}

/** The window of rows wanted of a long list: limit ≤ 200. */
export interface RowWindow {
  readonly offset: number;
  readonly limit: number;
}

/** Aligned columns: `columns.x[i]` belongs to `timesMs[i]`. A null is a gap, never zero. At most 600 points. */
export interface Series {
  readonly timesMs: readonly number[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

export interface ErrorBody {
  /** Kafka's numeric error code, or 0 for errors of the dashboard itself. */
  readonly code: number;
  /** UNKNOWN_TOPIC_OR_PARTITION, INVALID_ARGUMENT, DISCONNECTED, … */
  readonly name: string;
  /** What happened, why, and how to mend it. */
  readonly message: string;
  readonly retriable: boolean;
}

export type HealthLevel = 'ok' | 'notice' | 'warn' | 'critical';
export interface Health {
  readonly level: HealthLevel;
  /** "All 3 brokers are up and every partition has a leader." */
  readonly sentence: string;
  readonly causes: readonly { readonly level: HealthLevel; readonly sentence: string; readonly href: string | null }[];
}

export interface ClusterCapabilities {
  /** The cluster runs inside this process. */
  readonly embedded: boolean;
  /** Its nodes can be stopped, killed, frozen and started from here: the calls `lab.*` and the channel `lab` work. */
  readonly lab: boolean;
  /** Why there is no lab, as a sentence for a person. */
  readonly whyNoLab?: string;
  /** Kafka API keys with the version range that every broker serves. */
  readonly apis: Readonly<Record<number, { readonly min: number; readonly max: number }>>;
}

export interface ClusterSummary {
  /** Path segment in /c/<id>. */
  readonly id: string;
  readonly name: string;
  readonly mode: 'embedded' | 'external';
  readonly bootstrapServers: readonly string[];
  readonly capabilities: ClusterCapabilities;
}
