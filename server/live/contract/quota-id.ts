// How a quota's entity is named in addresses, in the audit and by the API. Pure, and without a schema: pages may import it.

/** "user:alice,client-id:orders-app"; the default of a type has no name: "user:alice,client-id". */
export function quotaIdOf(entity: readonly { readonly type: string; readonly name: string | null }[]): string {
  return entity.map(({ type, name }) => (name === null ? type : `${type}:${encodeURIComponent(name)}`)).join(',');
}
