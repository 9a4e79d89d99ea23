// Quotas of clients as the metadata log says them: per entity (a user, a client id, both, an address; each named or the default)
// the values of its keys. Part of the image; changed by replaying ClientQuotaRecord only. Who is held to what is decided where
// requests are served, not here.
import type { RecordBody } from './record.ts';

export type QuotaEntityType = 'user' | 'client-id' | 'ip';
/** By type; a null name is the default of that type. */
export type QuotaEntity = ReadonlyMap<QuotaEntityType, string | null>;

export interface ClientQuota {
  readonly entity: QuotaEntity;
  readonly values: ReadonlyMap<string, number>;
}
export interface ClientQuotasImage {
  /** Grows with every change, so that what was made from it is known to be old. */
  readonly revision: number;
  readonly all: Iterable<ClientQuota>;
  valuesOf(entity: QuotaEntity): ReadonlyMap<string, number>;
}

const TYPES: ReadonlySet<string> = new Set<QuotaEntityType>(['user', 'client-id', 'ip']);
export function isQuotaEntityType(text: string): text is QuotaEntityType {
  return TYPES.has(text);
}

const NO_VALUES: ReadonlyMap<string, number> = new Map();
const keyOf = (entity: QuotaEntity): string => JSON.stringify([...entity].sort(([a], [b]) => (a < b ? -1 : 1)));

export class ClientQuotas implements ClientQuotasImage {
  revision = 0;
  readonly #entities = new Map<string, { readonly entity: QuotaEntity; readonly values: Map<string, number> }>();

  /** Sorted by entity, so that equal states are told alike. */
  get all(): ClientQuota[] {
    return [...this.#entities].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, quota]) => quota);
  }
  valuesOf(entity: QuotaEntity): ReadonlyMap<string, number> {
    return this.#entities.get(keyOf(entity))?.values ?? NO_VALUES;
  }

  replay({ entity: parts, key, value, remove }: RecordBody<'clientQuota'>): void {
    const entity = new Map<QuotaEntityType, string | null>();
    for (const { entityType, entityName } of parts) {
      if (isQuotaEntityType(entityType)) entity.set(entityType, entityName);
    }
    this.revision++;
    const id = keyOf(entity);
    const quota = this.#entities.get(id) ?? { entity, values: new Map<string, number>() };
    if (remove) quota.values.delete(key);
    else quota.values.set(key, value);
    if (quota.values.size === 0) this.#entities.delete(id);
    else this.#entities.set(id, quota);
  }
  clear(): void {
    this.#entities.clear();
    this.revision++;
  }
}
