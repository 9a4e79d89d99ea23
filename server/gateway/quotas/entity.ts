// Entities of quotas: Kafka's unordered parts as one ordered list, with an id for addresses. Pure.
import type { QuotaEntity, QuotaKind, QuotaPart, QuotaPartType } from '../../live/contract.ts';

const ORDER: readonly QuotaPartType[] = ['user', 'client-id', 'ip'];

/** Null for a type that Kafka did not have when this was written. */
export function entityOf(
  parts: readonly { readonly entityType: string; readonly entityName: string | null }[],
): QuotaEntity | null {
  const entity: QuotaPart[] = [];
  for (const type of ORDER) {
    const part = parts.find(({ entityType }) => entityType === type);
    if (part !== undefined) entity.push({ type, name: part.entityName });
  }
  return entity.length === parts.length ? entity : null;
}

/** "user:alice,client-id:orders-app"; the default of a type has no name: "user:alice,client-id". */
export function idOf(entity: QuotaEntity): string {
  return entity.map(({ type, name }) => (name === null ? type : `${type}:${encodeURIComponent(name)}`)).join(',');
}

export function kindOf(entity: QuotaEntity): QuotaKind {
  const types = new Set(entity.map(({ type }) => type));
  if (types.has('ip')) return 'ip';
  if (types.has('user')) return types.has('client-id') ? 'user-client' : 'user';
  return 'client';
}

/** Undefined: the entity does not name this type. */
export function nameIn(entity: QuotaEntity, type: QuotaPartType): string | null | undefined {
  return entity.find((part) => part.type === type)?.name;
}
