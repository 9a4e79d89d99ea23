// Settings of topics and brokers with their documentation and the value that would apply without them, as DescribeConfigs tells
// them. Called by the subjects topics and brokers.
import { ConfigResourceTypes, ConfigTypes, DESCRIBE_CONFIGS } from '../../client/apis.ts';
import type { KafkaClient } from '../../client/client.ts';
import type { Endpoint } from '../../client/connections.ts';
import { throwIfError } from '../../client/errors.ts';
import type { ConfigRow } from '../../live/contract.ts';
import { plainText } from './plain-text.ts';

/** Kafka's ConfigSource ids in DescribeConfigs. */
export const SETTING_SOURCES: Readonly<Record<number, ConfigRow['source']>> = {
  1: 'TOPIC',
  2: 'DYNAMIC_BROKER',
  3: 'DYNAMIC_DEFAULT',
  4: 'STATIC_BROKER',
  5: 'DEFAULT',
  8: 'GROUP',
};
const TYPE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(ConfigTypes).map(([name, id]) => [id, name]));

type ResourceType = (typeof ConfigResourceTypes)['TOPIC' | 'BROKER'];

/** All settings of one topic or broker, in order of name. @throws ClusterError */
export async function describeSettings(
  { connections }: Pick<KafkaClient, 'connections'>,
  endpoint: Endpoint,
  resourceType: ResourceType,
  resourceName: string,
): Promise<ConfigRow[]> {
  const resources = [{ resourceType, resourceName, configurationKeys: null }];
  const answer = await connections.request(endpoint, 'admin', DESCRIBE_CONFIGS, resources, true, true);
  const result = answer.results[0];
  throwIfError(result?.errorCode ?? -1, `Reading the settings of ${resourceName} failed`, result?.errorMessage ?? null);
  return (result?.configs ?? [])
    .map((config) => ({
      name: config.name,
      value: config.isSensitive ? null : (config.value ?? null),
      source: SETTING_SOURCES[config.configSource] ?? 'UNKNOWN',
      isReadOnly: config.readOnly,
      isSensitive: config.isSensitive,
      type: TYPE_NAMES.get(config.configType) ?? 'UNKNOWN',
      documentation: config.documentation == null ? null : plainText(config.documentation),
      defaultValue: defaultOf(config, resourceType),
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

interface DescribedConfig {
  readonly name: string;
  readonly value?: string | null | undefined;
  readonly configSource: number;
  readonly synonyms: readonly Synonym[];
}

interface Synonym {
  readonly name: string;
  readonly value?: string | null | undefined;
  readonly source: number;
}

const MILLISECONDS_OF: Readonly<Record<string, number>> = { hours: 3_600_000, minutes: 60_000, ms: 1 };

/** Synonyms come in the order of precedence, the value in force first: what follows it applies once it is removed. */
function defaultOf(config: DescribedConfig, resourceType: ResourceType): string | null {
  const removable = resourceType === ConfigResourceTypes.TOPIC ? 1 : 2;
  // log.retention.ms and .minutes are listed unset before log.retention.hours, which is set.
  const rest = config.synonyms.filter(({ source }) => source !== removable);
  const next = rest.find(({ value }) => value != null) ?? rest[0];
  if (next !== undefined) return inUnitsOf(config.name, next);
  return config.configSource === removable ? null : (config.value ?? null);
}

/** log.retention.hours=168 stands behind retention.ms, and Kafka gives its value unconverted. */
function inUnitsOf(name: string, { name: synonymName, value }: Synonym): string | null {
  const factor = MILLISECONDS_OF[synonymName.split('.').at(-1) ?? ''];
  if (value == null || !name.endsWith('.ms') || factor === undefined || factor === 1) return value ?? null;
  const milliseconds = Number(value) * factor;
  return Number.isSafeInteger(milliseconds) && milliseconds >= 0 ? String(milliseconds) : value;
}
