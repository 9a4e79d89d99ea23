// 48 DescribeClientQuotas, versions 0–1. KIP-546: the quotas of entities that a filter names (ClientQuotasImage.describe).
import type { RequestOf } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { describeClientQuotas } from '../../../protocol/schema/48-describe-client-quotas.ts';
import { isQuotaEntityType, type QuotaEntity, type QuotaEntityType } from '../../metadata/client-quotas.ts';
import { type Handler, serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';

type Component = RequestOf<typeof describeClientQuotas>['components'][number];
interface Refusal {
  readonly errorCode: number;
  readonly errorMessage: string;
}
/** By type what its name must be: null the default, undefined any. */
type Filter = ReadonlyMap<QuotaEntityType, string | null | undefined>;

const Match = { exact: 0, fallback: 1, any: 2 } as const;

/** INVALID_REQUEST for a filter that contradicts itself, UNSUPPORTED_VERSION for a type of entity that Kafka does not know. */
export function describeClientQuotasHandler(broker: Broker): Handler {
  return serve(describeClientQuotas, ({ components, strict }) => {
    const filter = filterOf(components);
    if ('errorCode' in filter) return { ...filter, entries: null };
    const entries = [...broker.controller.image.clientQuotas.all]
      .filter(({ entity }) => matches(entity, filter, strict))
      .map(({ entity, values }) => ({
        entity: [...entity].map(([entityType, entityName]) => ({ entityType, entityName })),
        values: [...values].map(([key, value]) => ({ key, value })),
      }));
    return { errorCode: ErrorCode.NONE, entries };
  });
}

function filterOf(components: readonly Component[]): Filter | Refusal {
  const filter = new Map<QuotaEntityType, string | null | undefined>();
  for (const { entityType, matchType, match } of components) {
    if (entityType === '') return invalid('Invalid empty entity type.');
    if (filter.has(entityType as QuotaEntityType)) {
      return invalid(`Entity type ${entityType} cannot appear more than once in the filter.`);
    }
    if (!isQuotaEntityType(entityType)) {
      return { errorCode: ErrorCode.UNSUPPORTED_VERSION, errorMessage: `Unsupported entity type ${entityType}` };
    }
    const problem = problemWithMatch(matchType, match);
    if (problem !== null) return invalid(problem);
    filter.set(entityType, matchType === Match.any ? undefined : match);
  }
  if (filter.has('ip') && filter.size > 1) {
    return invalid('Invalid entity filter component combination: ip is not used with user or client-id.');
  }
  return filter;
}

function problemWithMatch(matchType: number, match: string | null): string | null {
  if (matchType === Match.exact) return match === null ? 'MATCH_TYPE_EXACT needs a match string.' : null;
  if (matchType !== Match.fallback && matchType !== Match.any) return `Unknown match type ${matchType}`;
  return match === null ? null : 'Only MATCH_TYPE_EXACT takes a match string.';
}

const invalid = (errorMessage: string): Refusal => ({ errorCode: ErrorCode.INVALID_REQUEST, errorMessage });

function matches(entity: QuotaEntity, filter: Filter, isStrict: boolean): boolean {
  if (isStrict && entity.size !== filter.size) return false;
  return [...filter].every(([type, name]) => entity.has(type) && (name === undefined || entity.get(type) === name));
}
