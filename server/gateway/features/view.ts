// The features as the page shows them. No I/O.
import type { FeatureRow, FeaturesView } from '../../live/contract.ts';
import type { Polled } from '../sampling/polled.ts';
import type { KnownFeatures } from './read.ts';

/** What the features of Apache Kafka decide (org.apache.kafka.server.common.Feature). */
const SAYS: ReadonlyMap<string, string> = new Map([
  ['metadata.version', 'The format of the cluster’s metadata, and with it which of its abilities may be used.'],
  ['kraft.version', 'Whether the controllers of the quorum may change while the cluster runs, from level 1 on.'],
  ['transaction.version', 'How transactions are kept: from level 2 on each gets an epoch of its own.'],
  ['group.version', 'Whether groups may use the consumer protocol, from level 1 on.'],
  ['share.version', 'Whether share groups may be used, from level 1 on.'],
  ['streams.version', 'Whether groups may use the streams protocol, from level 1 on.'],
  ['eligible.leader.replicas.version', 'Whether replicas that left those in sync may still lead, from level 1 on.'],
]);

export function featuresView(known: Polled<KnownFeatures>): FeaturesView | null {
  if (known.isBlank) return null;
  const { freshness, value } = known;
  return {
    freshness,
    problems: [...known.problems, ...(value?.problems ?? [])],
    clusterId: value?.clusterId ?? null,
    finalizedEpoch: value?.finalizedEpoch ?? null,
    brokersAsked: value?.brokers.length ?? 0,
    rows: value === null ? [] : rowsOf(value),
  };
}

export function rowsOf({ finalized, brokers }: Pick<KnownFeatures, 'finalized' | 'brokers'>): FeatureRow[] {
  const names = new Set([
    ...finalized.keys(),
    ...brokers.flatMap(({ supported }) => supported.map(({ name }) => name)),
  ]);
  return [...names].sort().map((name) => {
    const levels = brokers.flatMap(({ brokerId, supported }) => {
      const served = supported.find((each) => each.name === name);
      return served === undefined ? [] : [{ brokerId, min: served.minVersion, max: served.maxVersion }];
    });
    return {
      name,
      says: SAYS.get(name) ?? null,
      level: finalized.get(name) || null,
      common: levels.length < brokers.length ? null : commonOf(levels),
      brokers: levels,
    };
  });
}

function commonOf(levels: FeatureRow['brokers']): FeatureRow['common'] {
  if (levels.length === 0) return null;
  const min = Math.max(...levels.map((each) => each.min));
  const max = Math.min(...levels.map((each) => each.max));
  return min <= max ? { min, max } : null;
}
