// Settings of topics and brokers with their documentation and the value that would apply without them, and changing those
// of topics. Called through the table in create.ts.
import {
  ConfigResourceTypes,
  ConfigTypes,
  DESCRIBE_CONFIGS,
  INCREMENTAL_ALTER_CONFIGS,
  IncrementalAlterConfigOperationTypes,
} from '../../client/apis.ts';
import type { Endpoint } from '../../client/connections.ts';
import { invalidArgument, throwIfError } from '../../client/errors.ts';
import type { CallArgs, CallResult, ConfigRow } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { plainText } from './plain-text.ts';

/** Kafka's ConfigSource ids in DescribeConfigs. */
const SOURCES: Readonly<Record<number, ConfigRow['source']>> = {
  1: 'TOPIC',
  2: 'DYNAMIC_BROKER',
  3: 'DYNAMIC_DEFAULT',
  4: 'STATIC_BROKER',
  5: 'DEFAULT',
  8: 'GROUP',
};
/** Topics asked for what a setting is where nobody set it. */
const OTHER_TOPICS = 10;
const TYPE_NAMES: ReadonlyMap<number, string> = new Map(Object.entries(ConfigTypes).map(([name, id]) => [id, name]));

export async function topicConfigs(context: GatewayContext, args: CallArgs<'topic.configs'>): Promise<ConfigRow[]> {
  await context.metadata.topic(args.name);
  const rows = await describe(context, context.metadata.anyBroker(), ConfigResourceTypes.TOPIC, args.name);
  const unknown = rows.filter(({ source, defaultValue }) => source === 'TOPIC' && defaultValue === null);
  if (unknown.length === 0) return rows;
  const defaults = await defaultsFromOthers(
    context,
    args.name,
    unknown.map(({ name }) => name),
  );
  return rows.map((row) => ({ ...row, defaultValue: row.defaultValue ?? defaults.get(row.name) ?? null }));
}

/** Apache Kafka does not say what stands behind a set retention.ms; a topic that does not set it shows it. */
async function defaultsFromOthers(
  context: GatewayContext,
  name: string,
  settings: string[],
): Promise<ReadonlyMap<string, string>> {
  const others = [...context.metadata.topics.keys()].filter((other) => other !== name).slice(0, OTHER_TOPICS);
  const resources = others.map((other) => ({
    resourceType: ConfigResourceTypes.TOPIC,
    resourceName: other,
    configurationKeys: settings,
  }));
  const defaults = new Map<string, string>();
  if (resources.length === 0) return defaults;
  const broker = context.metadata.anyBroker();
  const answer = await context.connections.request(broker, 'admin', DESCRIBE_CONFIGS, resources, false, false);
  for (const { configs } of answer.results) {
    for (const config of configs) {
      if (SOURCES[config.configSource] !== 'TOPIC' && config.value != null) defaults.set(config.name, config.value);
    }
  }
  return defaults;
}

export async function brokerConfigs(context: GatewayContext, args: CallArgs<'broker.configs'>): Promise<ConfigRow[]> {
  await context.metadata.fresh(5_000);
  return describe(context, context.client.broker(args.brokerId), ConfigResourceTypes.BROKER, String(args.brokerId));
}

export async function alterTopicConfigs(
  context: GatewayContext,
  args: CallArgs<'topic.alterConfigs'>,
): Promise<CallResult<'topic.alterConfigs'>> {
  const changes = Object.entries(args.changes);
  if (changes.length === 0) throw invalidArgument('There is nothing to change: give at least one setting.');
  await context.metadata.topic(args.name);
  const configs = changes.map(([name, value]) =>
    value === null
      ? { name, configOperation: IncrementalAlterConfigOperationTypes.DELETE }
      : { name, configOperation: IncrementalAlterConfigOperationTypes.SET, value },
  );
  const answer = await context.client.askController(
    INCREMENTAL_ALTER_CONFIGS,
    [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: args.name, configs }],
    false,
  );
  const result = answer.responses[0];
  throwIfError(result?.errorCode ?? -1, `Changing ${args.name} failed`, result?.errorMessage ?? null);
  return { changed: changes.length };
}

type ResourceType = (typeof ConfigResourceTypes)['TOPIC' | 'BROKER'];

async function describe(
  context: GatewayContext,
  endpoint: Endpoint,
  resourceType: ResourceType,
  resourceName: string,
): Promise<ConfigRow[]> {
  const resources = [{ resourceType, resourceName, configurationKeys: null }];
  const answer = await context.connections.request(endpoint, 'admin', DESCRIBE_CONFIGS, resources, true, true);
  const result = answer.results[0];
  throwIfError(result?.errorCode ?? -1, `Reading the settings of ${resourceName} failed`, result?.errorMessage ?? null);
  return (result?.configs ?? [])
    .map((config) => ({
      name: config.name,
      value: config.isSensitive ? null : (config.value ?? null),
      source: SOURCES[config.configSource] ?? 'UNKNOWN',
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
