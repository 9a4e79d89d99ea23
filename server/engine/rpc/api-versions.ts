// 18 ApiVersions, versions 0-5 (KIP-35, KIP-511, KIP-584, KIP-1242): the answer is derived from the handlers that a node registers, so
// what is advertised is what is served. Made by the dispatcher; nothing else registers key 18.
import { ErrorCode } from '../../protocol/errors.ts';
import type { Input } from '../../protocol/grammar.ts';
import { apiVersions } from '../../protocol/schema/18-api-versions.ts';
import { featuresOf } from './features.ts';
import type { Handler } from './handler.ts';

/** ApiVersionsRequest.SOFTWARE_NAME_VERSION_PATTERN */
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/;
const PRODUCE_KEY = 0;
const FIRST_VERSION_WITH_FEATURES_FROM_0 = 4;
/** Levels do not change while a cluster runs. */
const FEATURES_EPOCH = 0;

type Response = Input<typeof apiVersions.response.fields>;

/**
 * Produce is advertised from version 0 although 0–2 are refused: older librdkafka turns compression and idempotence off
 * otherwise (KAFKA-18659). Clients before v4 cannot read supported features that begin at 0, so they are left out (KAFKA-17011).
 */
export function describeApis(handlers: readonly Handler[], version: number): Response {
  const apiKeys = [...handlers]
    .map(({ api, versions }) => ({
      apiKey: api.key,
      minVersion: api.key === PRODUCE_KEY ? 0 : versions.min,
      maxVersion: versions.max,
    }))
    .concat({ apiKey: apiVersions.key, minVersion: apiVersions.versions.min, maxVersion: apiVersions.versions.max })
    .sort((a, b) => a.apiKey - b.apiKey);
  const features = featuresOf(handlers);
  if (features.length === 0) return { errorCode: ErrorCode.NONE, apiKeys };
  return {
    errorCode: ErrorCode.NONE,
    apiKeys,
    supportedFeatures: features.filter(
      ({ minVersion }) => minVersion > 0 || version >= FIRST_VERSION_WITH_FEATURES_FROM_0,
    ),
    finalizedFeaturesEpoch: FEATURES_EPOCH,
    finalizedFeatures: features.map(({ name, level }) => ({ name, minVersionLevel: level, maxVersionLevel: level })),
  };
}

/** The answer, in version 0, to a version of ApiVersions we do not know: the client then asks again in one it finds there. */
export const UNSUPPORTED_API_VERSIONS: Response = {
  errorCode: ErrorCode.UNSUPPORTED_VERSION,
  apiKeys: [{ apiKey: apiVersions.key, minVersion: apiVersions.versions.min, maxVersion: apiVersions.versions.max }],
};

export const INVALID_SOFTWARE: Response = { errorCode: ErrorCode.INVALID_REQUEST };

/** Who a node is to clients that say whom they mean to reach. */
export interface NodeIdentity {
  readonly clusterId: string;
  readonly nodeId: number;
}
const ANY_NODE = -1;
/** The answer to a client that is connected to another node than it believes, or says half of whom it means (v5); null: it may go on. */
export function misdirected(
  meant: { readonly clusterId: string | null; readonly nodeId: number },
  own: NodeIdentity,
): Response | null {
  if (meant.clusterId === null && meant.nodeId === ANY_NODE) return null;
  if (meant.clusterId === null || meant.nodeId === ANY_NODE) return { errorCode: ErrorCode.INVALID_REQUEST };
  const isOwn = meant.clusterId === own.clusterId && meant.nodeId === own.nodeId;
  return isOwn ? null : { errorCode: ErrorCode.REBOOTSTRAP_REQUIRED };
}

export function isSoftwareText(text: string): boolean {
  return SOFTWARE.test(text);
}
