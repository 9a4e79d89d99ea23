// What a setting is, and which value is in force: topic override, broker override, cluster-wide default, static, Kafka's default.
// The tables are in settings-topic.ts, settings-broker.ts and settings-group.ts. Handlers, storage wiring and the controller read here.
import type { MetadataImage } from './image.ts';

export type SettingScope = 'topic' | 'broker' | 'group';
export type SettingType = 'boolean' | 'string' | 'int' | 'short' | 'long' | 'double' | 'list';

export interface Setting {
  readonly name: string;
  readonly scope: SettingScope;
  readonly type: SettingType;
  /** As text. */
  readonly fallback: string;
  readonly min?: number;
  readonly max?: number;
  /** Allowed values (of each element for a list). */
  readonly values?: readonly string[];
  readonly documentation: string;
  /** Broker settings that stand in when a topic or group sets nothing, most specific first, with the factor to this setting's unit. */
  readonly synonyms: readonly { readonly name: string; readonly factor: number }[];
  readonly isReadOnly: boolean;
}

/** Kafka's codes in DescribeConfigs. */
export const ConfigSource = {
  dynamicTopic: 1,
  dynamicBroker: 2,
  dynamicDefault: 3,
  staticBroker: 4,
  fallback: 5,
  group: 8,
} as const;

export interface SettingInForce {
  readonly setting: Setting;
  readonly value: string;
  /** One of ConfigSource. */
  readonly source: number;
  /** The chain from the value in force down to Kafka's default. */
  readonly synonyms: readonly { readonly name: string; readonly value: string; readonly source: number }[];
}

/** The node whose static and dynamic broker settings stand behind topic settings. */
export interface BrokerSettings {
  readonly nodeId: number;
  /** Static settings by Kafka's names. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Every setting of a topic, in order of name. */
export function describeTopicSettings(image: MetadataImage, broker: BrokerSettings, topic: string): SettingInForce[] {
  throw new Error(`not built yet: ${image.offset} ${broker.nodeId} ${topic}`);
}
/** Every setting of a broker, in order of name. */
export function describeBrokerSettings(image: MetadataImage, broker: BrokerSettings): SettingInForce[] {
  throw new Error(`not built yet: ${image.offset} ${broker.nodeId}`);
}
/** Every setting of a group, in order of name. */
export function describeGroupSettings(image: MetadataImage, broker: BrokerSettings, groupId: string): SettingInForce[] {
  throw new Error(`not built yet: ${image.offset} ${broker.nodeId} ${groupId}`);
}
/** The value in force; a broken belief when there is no such setting. */
export function topicSetting(image: MetadataImage, broker: BrokerSettings, topic: string, name: string): string {
  throw new Error(`not built yet: ${image.offset} ${broker.nodeId} ${topic} ${name}`);
}
export function brokerSetting(image: MetadataImage, broker: BrokerSettings, name: string): string {
  throw new Error(`not built yet: ${image.offset} ${broker.nodeId} ${name}`);
}
export function groupSetting(image: MetadataImage, broker: BrokerSettings, groupId: string, name: string): string {
  throw new Error(`not built yet: ${image.offset} ${broker.nodeId} ${groupId} ${name}`);
}
/** A sentence saying what is wrong, or null. */
export function validateTopicConfigs(configs: Iterable<readonly [name: string, value: string]>): string | null {
  throw new Error(`not built yet: ${[...configs].length}`);
}
/** Kafka's code of a setting's type in DescribeConfigs v3+. */
export function configTypeCode(type: SettingType): number {
  return { boolean: 1, string: 2, int: 3, short: 4, long: 5, double: 6, list: 7 }[type];
}
