// 32 DescribeConfigs, versions 1–4. KIP-226 (synonyms), KIP-569 (type and documentation, v3). Every setting of a topic, a broker or a
// group with its source. A broker answers for itself and, under the empty name, for the cluster-wide dynamic defaults.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { describeConfigs } from '../../../protocol/schema/32-describe-configs.ts';
import type { SettingInForce } from '../../metadata/settings.ts';
import {
  ConfigSource,
  configTypeCode,
  describeBrokerSettings,
  describeGroupSettings,
  describeTopicSettings,
} from '../../metadata/settings.ts';
import { problemWithTopicName } from '../../metadata/topic-name.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

type Request = RequestOf<typeof describeConfigs>;
type Resource = Request['resources'][number];
type Result = NonNullable<ResponseInput<typeof describeConfigs>['results']>[number];

/** Kafka's ConfigResource.Type. */
const ResourceType = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const;

export function describeConfigsHandler(broker: Broker): Handler {
  return serve(describeConfigs, (request) => ({
    results: request.resources.map((resource) => {
      const { resourceType, resourceName } = resource;
      const settings = settingsOf(broker, resource);
      if ('errorCode' in settings) return { resourceType, resourceName, ...settings };
      return {
        errorCode: ErrorCode.NONE,
        errorMessage: null,
        resourceType,
        resourceName,
        configs: show(settings, resource, request),
      };
    }),
  }));
}

interface Failure {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

function settingsOf(broker: Broker, { resourceType, resourceName }: Resource): readonly SettingInForce[] | Failure {
  const { image } = broker.controller;
  switch (resourceType) {
    case ResourceType.topic:
      if (image.topics.has(resourceName)) return describeTopicSettings(image, broker.options, resourceName);
      return problemWithTopicName(resourceName) === null
        ? failed(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic ${resourceName}`)
        : failed(ErrorCode.INVALID_TOPIC_EXCEPTION, `"${resourceName}" cannot be the name of a topic`);
    case ResourceType.broker:
      if (resourceName === '') return clusterDefaults(broker);
      return resourceName === String(broker.options.nodeId)
        ? describeBrokerSettings(image, broker.options)
        : failed(
            ErrorCode.INVALID_REQUEST,
            `This is broker ${broker.options.nodeId}; ask broker "${resourceName}" itself`,
          );
    case ResourceType.group:
      return resourceName === ''
        ? failed(ErrorCode.INVALID_REQUEST, 'A group needs a name')
        : describeGroupSettings(image, broker.options, resourceName);
    case ResourceType.brokerLogger:
    case ResourceType.clientMetrics:
      return [];
    default:
      return failed(ErrorCode.INVALID_REQUEST, `Resource type ${resourceType} is unknown`);
  }
}

/** Only what was set for the whole cluster. */
function clusterDefaults(broker: Broker): readonly SettingInForce[] {
  const given = broker.controller.image.configs('broker', '');
  const shown: SettingInForce[] = [];
  for (const inForce of describeBrokerSettings(broker.controller.image, broker.options)) {
    const value = given.get(inForce.setting.name);
    if (value === undefined) continue;
    const synonyms = inForce.synonyms.filter((synonym) => synonym.source >= ConfigSource.dynamicDefault);
    shown.push({ ...inForce, value, source: ConfigSource.dynamicDefault, synonyms });
  }
  return shown;
}

function failed(errorCode: ErrorCode, errorMessage: string): Failure {
  return { errorCode, errorMessage };
}

function show(settings: readonly SettingInForce[], resource: Resource, request: Request): Result['configs'] {
  // Old clients ask for all keys with an empty list.
  const keys = resource.configurationKeys;
  const wanted = keys === null || keys.length === 0 ? null : new Set(keys);
  return settings
    .filter(({ setting }) => wanted === null || wanted.has(setting.name))
    .map(({ setting, value, source, synonyms }) => ({
      name: setting.name,
      value,
      readOnly: setting.isReadOnly,
      configSource: source,
      isSensitive: false,
      synonyms: request.includeSynonyms ? synonyms : [],
      configType: configTypeCode(setting.type),
      documentation: request.includeDocumentation ? setting.documentation : null,
    }));
}
