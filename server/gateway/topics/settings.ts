// The settings of one topic: reading them with what stands behind each, and changing them. Called by feature.ts.
import {
  ConfigResourceTypes,
  DESCRIBE_CONFIGS,
  INCREMENTAL_ALTER_CONFIGS,
  IncrementalAlterConfigOperationTypes,
} from '../../client/apis.ts';
import { invalidArgument, throwIfError } from '../../client/errors.ts';
import type { CallArgs, CallResult, ConfigRow } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { describeSettings, SETTING_SOURCES } from '../sampling/settings.ts';

/** Topics asked for what a setting is where nobody set it. */
const OTHER_TOPICS = 10;

export async function topicConfigs(context: GatewayContext, args: CallArgs<'topic.configs'>): Promise<ConfigRow[]> {
  await context.metadata.topic(args.name);
  const rows = await describeSettings(
    context.client,
    context.metadata.anyBroker(),
    ConfigResourceTypes.TOPIC,
    args.name,
  );
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
      if (SETTING_SOURCES[config.configSource] !== 'TOPIC' && config.value != null)
        defaults.set(config.name, config.value);
    }
  }
  return defaults;
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
