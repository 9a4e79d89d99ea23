// The versioned features of KIP-584 that a node has earned: each comes with the API that serves it, so that what is advertised is
// what is served. Read by api-versions.ts.
import type { Handler } from './handler.ts';

export interface Feature {
  readonly name: string;
  readonly minVersion: number;
  readonly maxVersion: number;
  /** The level in force. */
  readonly level: number;
  /** API key and version without which there is no such feature. */
  readonly needs: { readonly apiKey: number; readonly version: number };
}

const END_TXN = 26;
const UPDATE_FEATURES = 57;
const CONSUMER_GROUP_HEARTBEAT = 68;

/** By Kafka's names. */
const FEATURES: readonly Feature[] = [
  // The consumer group protocol (KIP-848).
  {
    name: 'group.version',
    minVersion: 0,
    maxVersion: 1,
    level: 1,
    needs: { apiKey: CONSUMER_GROUP_HEARTBEAT, version: 0 },
  },
  // The records of the metadata log: 4.2-IV1, the only format that is written.
  {
    name: 'metadata.version',
    minVersion: 29,
    maxVersion: 29,
    level: 29,
    needs: { apiKey: UPDATE_FEATURES, version: 0 },
  },
  // An epoch for each transaction, partitions added by writing (KIP-890).
  { name: 'transaction.version', minVersion: 0, maxVersion: 2, level: 2, needs: { apiKey: END_TXN, version: 5 } },
];

export function featuresOf(handlers: Iterable<Handler>): Feature[] {
  const served = new Map<number, number>();
  for (const { api, versions } of handlers) served.set(api.key, versions.max);
  return FEATURES.filter(({ needs }) => (served.get(needs.apiKey) ?? -1) >= needs.version);
}

/** UpgradeType of UpdateFeatures: what kinds of change a client may ask for. */
const UPGRADE = 1;
const UPGRADE_TYPES: ReadonlySet<number> = new Set([UPGRADE, 2, 3]);

/**
 * Why a feature cannot be put at a level (FeatureControlManager.updateFeature); null for the level that is in force.
 * DIVERGES: levels do not change while a cluster runs, so a lower one is refused also where Kafka would go back to it.
 */
export function problemWithLevel(name: string, level: number, upgradeType: number): string | null {
  const feature = FEATURES.find((one) => one.name === name);
  if (!UPGRADE_TYPES.has(upgradeType)) return 'The controller does not support the given upgrade type.';
  if (level < 0) return 'A feature version cannot be less than 0.';
  if (feature === undefined) return 'This cluster does not support this feature.';
  if (level < feature.minVersion || level > feature.maxVersion) {
    return `This cluster only supports versions ${feature.minVersion}-${feature.maxVersion}`;
  }
  if (level === feature.level) return null;
  if (level > feature.level) return 'Levels do not change while the cluster runs.';
  return upgradeType === UPGRADE
    ? "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade."
    : 'Levels do not change while the cluster runs.';
}
