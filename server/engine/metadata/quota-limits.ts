// Which quota holds for a client, and with whom it shares it (ClientQuotaManager's order of precedence). Made from the image, asked
// where requests are served.
import type { ClientQuotasImage, QuotaEntity, QuotaEntityType } from './client-quotas.ts';

export type QuotaKey = 'producer_byte_rate' | 'consumer_byte_rate' | 'request_percentage' | 'controller_mutation_rate';

export interface QuotaLimit {
  readonly limit: number;
  /** Clients with the same holder share one quota. */
  readonly holder: string;
}

/** Whom a quota may hold. */
export interface QuotaClient {
  readonly user: string;
  readonly clientId: string;
}

/** Before anything is known. */
export const NO_QUOTAS: ClientQuotasImage = { revision: 0, all: [], valuesOf: () => new Map() };

const MAX_KNOWN_CLIENTS = 10_000;

export class QuotaLimits {
  readonly #quotas: () => ClientQuotasImage;
  #revision = -1;
  #keys: ReadonlySet<string> = new Set();
  #hasAddresses = false;
  /** By key, user and client id, as they were asked for since the last change. */
  readonly #known = new Map<string, QuotaLimit | null>();

  constructor(quotas: () => ClientQuotasImage) {
    this.#quotas = quotas;
  }

  /** Whether any client is held to such a quota: one look when there is none. */
  has(key: QuotaKey): boolean {
    this.#renew();
    return this.#keys.has(key);
  }

  /** null: not held. */
  of(key: QuotaKey, client: QuotaClient): QuotaLimit | null {
    if (!this.has(key)) return null;
    // No two clients read alike: the length says where the user ends.
    const id = `${key} ${client.user.length} ${client.user}${client.clientId}`;
    let limit = this.#known.get(id);
    if (limit === undefined) {
      if (this.#known.size >= MAX_KNOWN_CLIENTS) this.#known.clear();
      limit = this.#find(key, client);
      this.#known.set(id, limit);
    }
    return limit;
  }

  /** Connections a second that the address may make; null: any number. */
  ofAddress(address: string): number | null {
    this.#renew();
    if (!this.#hasAddresses) return null;
    const quotas = this.#quotas();
    const named = (ip: string | null) => quotas.valuesOf(new Map([['ip', ip]])).get('connection_creation_rate');
    return named(address) ?? named(null) ?? null;
  }

  #renew(): void {
    const quotas = this.#quotas();
    if (quotas.revision === this.#revision) return;
    this.#revision = quotas.revision;
    this.#known.clear();
    const keys = new Set<string>();
    this.#hasAddresses = false;
    for (const { entity, values } of quotas.all) {
      if (entity.has('ip')) this.#hasAddresses = true;
      else for (const key of values.keys()) keys.add(key);
    }
    this.#keys = keys;
  }

  #find(key: QuotaKey, whom: QuotaClient): QuotaLimit | null {
    const quotas = this.#quotas();
    for (const [user, client] of precedence(whom)) {
      const limit = quotas.valuesOf(entityOf(user, client)).get(key);
      if (limit === undefined) continue;
      const holder = JSON.stringify([
        user === undefined ? null : whom.user,
        client === undefined ? null : whom.clientId,
      ]);
      return { limit, holder };
    }
    return null;
  }
}

/** Users and client ids from the closest fit on; null the default, undefined not named. A client without an id has none. */
function precedence({
  user: name,
  clientId,
}: QuotaClient): (readonly [string | null | undefined, string | null | undefined])[] {
  const clients: (string | null | undefined)[] = clientId === '' ? [undefined] : [clientId, null, undefined];
  return [name, null, undefined].flatMap((user) =>
    clients.flatMap((client) => (user === undefined && client === undefined ? [] : [[user, client] as const])),
  );
}

function entityOf(user: string | null | undefined, client: string | null | undefined): QuotaEntity {
  const entity = new Map<QuotaEntityType, string | null>();
  if (user !== undefined) entity.set('user', user);
  if (client !== undefined) entity.set('client-id', client);
  return entity;
}
