// 74 ListConfigResources, versions 0–1. KIP-1142: what has settings, by type. Version 0 asks for client metrics, of which there are none.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { listConfigResources } from '../../../protocol/schema/74-list-config-resources.ts';
import type { MetadataImage } from '../../metadata/image.ts';
import { RESOURCE_TYPE } from '../../metadata/state.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

const FIRST_VERSION_WITH_TYPES = 1;
/** Each broker has its loggers. */
const BROKER_LOGGER = 8;
/** Clients are given no metrics to send. */
const CLIENT_METRICS = 16;
const ALL_TYPES: readonly number[] = [
  RESOURCE_TYPE.topic,
  RESOURCE_TYPE.broker,
  BROKER_LOGGER,
  CLIENT_METRICS,
  RESOURCE_TYPE.group,
];

export function listConfigResourcesHandler(broker: Broker): Handler {
  return serve(listConfigResources, (request, { apiVersion }) =>
    apiVersion < FIRST_VERSION_WITH_TYPES ? { configResources: [] } : listed(broker.controller.image, request),
  );
}

/** UNSUPPORTED_VERSION for a type that Kafka does not have; no type asks for all. */
function listed(
  image: MetadataImage,
  { resourceTypes }: RequestOf<typeof listConfigResources>,
): ResponseInput<typeof listConfigResources> {
  const wanted = new Set(resourceTypes.length === 0 ? ALL_TYPES : resourceTypes);
  if (![...wanted].every((type) => ALL_TYPES.includes(type)))
    return { errorCode: ErrorCode.UNSUPPORTED_VERSION, configResources: [] };
  const configResources = [...wanted].flatMap((resourceType) =>
    namesOf(image, resourceType).map((resourceName) => ({ resourceName, resourceType })),
  );
  return { errorCode: ErrorCode.NONE, configResources };
}
function namesOf(image: MetadataImage, type: number): string[] {
  if (type === RESOURCE_TYPE.topic) return [...image.topics.keys()].sort();
  if (type === RESOURCE_TYPE.broker || type === BROKER_LOGGER)
    return [...image.brokers.keys()].sort((a, b) => a - b).map(String);
  return type === RESOURCE_TYPE.group ? [...image.allConfigs('group').keys()].sort() : [];
}
