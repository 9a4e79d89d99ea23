// Which value of a setting is in force, and where it comes from: topic override, broker override, cluster-wide override, static,
// Kafka's default. The tables are in settings/. Handlers, storage wiring and the controller read here; nobody keeps a copy.
import { present } from '../../kernel/assert.ts';
import type { MetadataImage } from './image.ts';
import { BROKER_SETTINGS } from './settings/broker.ts';
import { GROUP_SETTINGS } from './settings/group.ts';
import { canonical, problemWithValue, type Setting, type SettingScope, type SettingType } from './settings/setting.ts';
import { TOPIC_SETTINGS } from './settings/topic.ts';

export type { Setting, SettingScope, SettingType };

/** Kafka's codes in DescribeConfigs. */
export const ConfigSource = {
  dynamicTopic: 1,
  dynamicBroker: 2,
  dynamicDefault: 3,
  staticBroker: 4,
  fallback: 5,
  group: 8,
} as const;

export interface SettingSource {
  readonly name: string;
  readonly value: string;
  /** One of ConfigSource. */
  readonly source: number;
}
export interface SettingInForce {
  readonly setting: Setting;
  /** null: not set, another setting decides. */
  readonly value: string | null;
  readonly source: number;
  /** From the value in force down to Kafka's default. Values under another name are in that name's unit. */
  readonly synonyms: readonly SettingSource[];
}

/** The node whose broker settings stand behind those of topics. BrokerOptions and NodeOptions fit. */
export interface BrokerSettings {
  readonly nodeId: number;
  /** Static settings by Kafka's names. */
  readonly settings: Readonly<Record<string, string>>;
}

type Table = ReadonlyMap<string, Setting>;
const byName = (settings: readonly Setting[]): Table =>
  new Map([...settings].sort((a, b) => (a.name < b.name ? -1 : 1)).map((setting) => [setting.name, setting]));
const TABLES: Readonly<Record<SettingScope, Table>> = {
  topic: byName(TOPIC_SETTINGS),
  broker: byName(BROKER_SETTINGS),
  group: byName(GROUP_SETTINGS),
};

export function settingsOf(scope: SettingScope): Table {
  return TABLES[scope];
}

// ------------------------------------------------------------------------------------------------------- values in force

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Where a broker setting may be given, strongest first. */
function* brokerSources(image: MetadataImage, broker: BrokerSettings, name: string): Generator<SettingSource> {
  const own = image.configs('broker', String(broker.nodeId)).get(name);
  if (own !== undefined) yield { name, value: own, source: ConfigSource.dynamicBroker };
  const common = image.configs('broker', '').get(name);
  if (common !== undefined) yield { name, value: common, source: ConfigSource.dynamicDefault };
  const fixed = name === 'node.id' || name === 'broker.id' ? String(broker.nodeId) : broker.settings[name];
  if (fixed !== undefined) yield { name, value: fixed, source: ConfigSource.staticBroker };
}

interface Lookup {
  readonly image: MetadataImage;
  readonly broker: BrokerSettings;
  /** Overrides of the resource itself: a topic's or group's. */
  readonly overrides: ReadonlyMap<string, string>;
  readonly overrideSource: number;
}

function inForce(setting: Setting, { image, broker, overrides, overrideSource }: Lookup): SettingInForce {
  const found: (SettingSource & { readonly factor: number })[] = [];
  const override = setting.scope === 'broker' ? undefined : overrides.get(setting.name);
  if (override !== undefined) found.push({ name: setting.name, value: override, source: overrideSource, factor: 1 });
  const names = setting.scope === 'broker' ? [{ name: setting.name, factor: 1 }] : [];
  const chain = [...names, ...setting.synonyms];
  for (const { name, factor } of chain) {
    for (const source of brokerSources(image, broker, name)) found.push({ ...source, factor });
  }
  for (const { name, factor } of chain) {
    const fallback = TABLES.broker.get(name)?.fallback ?? null;
    if (fallback !== null) found.push({ name, value: fallback, source: ConfigSource.fallback, factor });
  }
  const synonyms = found.map(({ name, value, source }) => ({ name, value: told(setting, name, value), source }));
  // A broker setting that is unset shows as unset, although its stand-ins decide; a topic setting takes the stand-in's value.
  const first = setting.scope === 'broker' ? found.find(({ name }) => name === setting.name) : found[0];
  if (first === undefined) return { setting, value: setting.fallback, source: ConfigSource.fallback, synonyms };
  const value = inUnit(told(setting, first.name, first.value), first.factor);
  return { setting, value, source: first.source, synonyms };
}

/** However it was written, by the type of the setting it was given under. */
function told(setting: Setting, name: string, value: string): string {
  return canonical(name === setting.name ? setting : (TABLES.broker.get(name) ?? setting), value);
}

/** Negative values mean "no bound" in every unit. */
function inUnit(value: string, factor: number): string {
  return factor === 1 || Number(value) < 0 ? value : String(Number(value) * factor);
}

function topicLookup(image: MetadataImage, broker: BrokerSettings, overrides: ReadonlyMap<string, string>): Lookup {
  return { image, broker, overrides, overrideSource: ConfigSource.dynamicTopic };
}
function describeAll(scope: SettingScope, lookup: Lookup): SettingInForce[] {
  return [...TABLES[scope].values()].map((setting) => inForce(setting, lookup));
}
function textOf(scope: SettingScope, lookup: Lookup, name: string): string {
  const setting = present(TABLES[scope].get(name), `${scope} setting ${name} is in the table`);
  return inForce(setting, lookup).value ?? '';
}

/** Every setting of a topic, in order of name. */
export function describeTopicSettings(image: MetadataImage, broker: BrokerSettings, topic: string): SettingInForce[] {
  return describeAll('topic', topicLookup(image, broker, image.configs('topic', topic)));
}
/** The same for a topic that is not there yet, with the settings it is to have. */
export function describeNewTopicSettings(
  image: MetadataImage,
  broker: BrokerSettings,
  overrides: ReadonlyMap<string, string>,
): SettingInForce[] {
  return describeAll('topic', topicLookup(image, broker, overrides));
}
/** Every setting of a broker, in order of name. */
export function describeBrokerSettings(image: MetadataImage, broker: BrokerSettings): SettingInForce[] {
  return describeAll('broker', topicLookup(image, broker, NOTHING));
}
/** Every setting of a group, in order of name. */
export function describeGroupSettings(image: MetadataImage, broker: BrokerSettings, groupId: string): SettingInForce[] {
  const overrides = image.configs('group', groupId);
  return describeAll('group', { image, broker, overrides, overrideSource: ConfigSource.group });
}

/** The value in force as text, '' when it is unset, "true" or "false" for a switch however it was written; a broken belief when the table has no such setting. */
export function topicSetting(image: MetadataImage, broker: BrokerSettings, topic: string, name: string): string {
  return textOf('topic', topicLookup(image, broker, image.configs('topic', topic)), name);
}
export function brokerSetting(image: MetadataImage, broker: BrokerSettings, name: string): string {
  return textOf('broker', topicLookup(image, broker, NOTHING), name);
}

/** Of a setting that is given at start and cannot change: what was given, or Kafka's default. */
export function staticSetting({ settings }: BrokerSettings, name: string): string {
  return settings[name] ?? present(TABLES.broker.get(name)?.fallback, `${name} is a setting with a default`);
}

export function groupSetting(image: MetadataImage, broker: BrokerSettings, groupId: string, name: string): string {
  const overrides = image.configs('group', groupId);
  return textOf('group', { image, broker, overrides, overrideSource: ConfigSource.group }, name);
}

/** A reader for storage's logConfigFrom(): topic settings, and broker settings by their own names. */
export function topicLogSettings(
  image: MetadataImage,
  broker: BrokerSettings,
  topic: string,
): (name: string) => string | undefined {
  const lookup = topicLookup(image, broker, image.configs('topic', topic));
  return (name) => {
    const setting = TABLES.topic.get(name) ?? TABLES.broker.get(name);
    return setting === undefined ? undefined : (inForce(setting, lookup).value ?? undefined);
  };
}

// ------------------------------------------------------------------------------------------------------------ validation

/** A sentence saying what is wrong with the settings a topic is to have, or null. */
export function validateTopicConfigs(configs: Iterable<readonly [name: string, value: string]>): string | null {
  const given = new Map(configs);
  for (const [name, value] of given) {
    const setting = TABLES.topic.get(name);
    if (setting === undefined) return `Unknown topic config name: ${name}`;
    const problem = problemWithValue(setting, value);
    if (problem !== null) return problem;
  }
  const fromMs = Number(given.get('min.compaction.lag.ms') ?? 0);
  const toMs = Number(given.get('max.compaction.lag.ms') ?? Number.POSITIVE_INFINITY);
  if (fromMs > toMs) {
    return `min.compaction.lag.ms (${fromMs}) is larger than max.compaction.lag.ms (${toMs})`;
  }
  return null;
}

/**
 * The same for the settings a group is to have. `bound` reads the broker settings that bound them, such as
 * "group.consumer.min.session.timeout.ms".
 */
export function validateGroupConfigs(
  configs: Iterable<readonly [name: string, value: string]>,
  bound: (name: string) => number,
): string | null {
  const given = new Map(configs);
  for (const [name, value] of given) {
    const setting = TABLES.group.get(name);
    if (setting === undefined) return `Unknown group config name: ${name}`;
    const problem = problemWithValue(setting, value);
    if (problem !== null) return problem;
    const rest = name.slice('consumer.'.length);
    const minimum = bound(`group.consumer.min.${rest}`);
    const maximum = bound(`group.consumer.max.${rest}`);
    if (Number(value) < minimum) return `${name} must be greater than or equal to group.consumer.min.${rest}`;
    if (Number(value) > maximum) return `${name} must be less than or equal to group.consumer.max.${rest}`;
  }
  const value = (name: string) => Number(given.get(`consumer.${name}`) ?? bound(`group.consumer.${name}`));
  return value('session.timeout.ms') > value('heartbeat.interval.ms')
    ? null
    : 'consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms';
}

/** The same for broker settings given at start, or while it runs: then those that cannot change are refused too. */
export function validateBrokerConfigs(
  configs: Iterable<readonly [name: string, value: string]>,
  isRunning: boolean,
): string | null {
  for (const [name, value] of configs) {
    const setting = TABLES.broker.get(name);
    if (setting === undefined) return `Unknown broker config name: ${name}`;
    if (isRunning && setting.isReadOnly) return `Cannot update these configs dynamically: ${name} is given at start`;
    const problem = problemWithValue(setting, value);
    if (problem !== null) return problem;
  }
  return null;
}

/** Kafka's code of a setting's type in DescribeConfigs v3+. */
export function configTypeCode(type: SettingType): number {
  return { boolean: 1, string: 2, int: 3, short: 4, long: 5, double: 6, list: 7 }[type];
}
