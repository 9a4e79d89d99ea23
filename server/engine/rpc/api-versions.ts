// 18 ApiVersions, versions 0-4 (KIP-35, KIP-511, KIP-584): the answer is derived from the handlers that a node registers, so
// what is advertised is what is served. Made by the dispatcher; nothing else registers key 18.
import { ErrorCode } from '../../protocol/errors.ts';
import type { Input } from '../../protocol/grammar.ts';
import { apiVersions } from '../../protocol/schema/18-api-versions.ts';
import type { Handler } from './handler.ts';

/** ApiVersionsRequest.SOFTWARE_NAME_VERSION_PATTERN */
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;
const PRODUCE_KEY = 0;
const ZERO_FEATURES_SINCE_VERSION = 4;

type Response = Input<typeof apiVersions.response.fields>;

/** A feature of KIP-584, in force in the whole cluster at this version; supported from 0. */
export interface Feature {
  readonly name: string;
  readonly version: number;
}

/**
 * Produce is advertised from version 0 although 0–2 are refused: older librdkafka turns compression and idempotence off
 * otherwise (KAFKA-18659). Every broker of the cluster has the same features, so their epoch never changes.
 */
export function describeApis(handlers: Iterable<Handler>, features: readonly Feature[] = []): Response {
  const apiKeys = [...handlers]
    .map(({ api, versions }) => ({
      apiKey: api.key,
      minVersion: api.key === PRODUCE_KEY ? 0 : versions.min,
      maxVersion: versions.max,
    }))
    .concat({ apiKey: apiVersions.key, minVersion: apiVersions.versions.min, maxVersion: apiVersions.versions.max })
    .sort((a, b) => a.apiKey - b.apiKey);
  if (features.length === 0) return { errorCode: ErrorCode.NONE, apiKeys };
  return {
    errorCode: ErrorCode.NONE,
    apiKeys,
    supportedFeatures: features.map(({ name, version }) => ({ name, minVersion: 0, maxVersion: version })),
    finalizedFeaturesEpoch: 0,
    finalizedFeatures: features.map(({ name, version }) => ({
      name,
      maxVersionLevel: version,
      minVersionLevel: version,
    })),
  };
}

/** Older clients fail on a feature that is supported from version 0 (KAFKA-17011). */
export function forVersion(description: Response, apiVersion: number): Response {
  if (apiVersion >= ZERO_FEATURES_SINCE_VERSION) return description;
  return { ...description, supportedFeatures: [] };
}

/** The answer, in version 0, to a version of ApiVersions we do not know: the client then asks again in one it finds there. */
export const UNSUPPORTED_API_VERSIONS: Response = {
  errorCode: ErrorCode.UNSUPPORTED_VERSION,
  apiKeys: [{ apiKey: apiVersions.key, minVersion: apiVersions.versions.min, maxVersion: apiVersions.versions.max }],
};

export const INVALID_SOFTWARE: Response = { errorCode: ErrorCode.INVALID_REQUEST };

export function isSoftwareText(text: string): boolean {
  return SOFTWARE.test(text);
}
