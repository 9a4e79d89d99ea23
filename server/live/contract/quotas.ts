// Client quotas: the list, one of them, and who is held by what.
import type { RowWindow, Sampled } from './parts.ts';

/** What Kafka limits. Bytes a second, per cent of a request handler's time, partition changes and connections a second. */
export const QUOTA_KEYS = [
  'producer_byte_rate',
  'consumer_byte_rate',
  'request_percentage',
  'controller_mutation_rate',
  'connection_creation_rate',
] as const;
export type QuotaKey = (typeof QUOTA_KEYS)[number];
export type QuotaLimits = Readonly<Partial<Record<QuotaKey, number>>>;

export type QuotaPartType = 'user' | 'client-id' | 'ip';
export interface QuotaPart {
  readonly type: QuotaPartType;
  /** null: the default of its type, for all who have no quota of their own. */
  readonly name: string | null;
}
/** Whom a quota is for: a user, a client id, both in this order, or an address. */
export type QuotaEntity = readonly QuotaPart[];
/** Which parts an entity has. */
export type QuotaKind = 'user' | 'user-client' | 'client' | 'ip';
export type QuotaSort = 'entity' | QuotaKey;

export interface QuotaRow {
  /** Names the entity in addresses: "user:alice,client-id". */
  readonly id: string;
  readonly entity: QuotaEntity;
  readonly limits: QuotaLimits;
}

/** A client that is asked about. Empty: not authenticated, without a client id, from an address of no interest. */
export interface QuotaClient {
  readonly user: string;
  readonly clientId: string;
  readonly ip: string;
}
export interface HeldLimit {
  readonly key: QuotaKey;
  /** The quota that applies; null: none does. */
  readonly rule: QuotaRow | null;
  /** Others that name the client too and have this limit, closest first: they would apply if `rule` were not there. */
  readonly passedOver: readonly QuotaRow[];
}

export interface QuotasParams extends RowWindow {
  /** Part of a name. */
  readonly query: string;
  /** null: every kind. */
  readonly kind: QuotaKind | null;
  readonly sort: QuotaSort;
  readonly descending: boolean;
  /** The quota that is looked at; null: none. */
  readonly id: string | null;
  /** null: nobody is asked about. */
  readonly client: QuotaClient | null;
}
export interface QuotasView extends Sampled {
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly QuotaRow[];
  /** null: none is looked at, or it is gone. */
  readonly chosen: QuotaRow | null;
  /** Quotas that are closer to some of the clients that `chosen` names and have one of its limits; at most 20. */
  readonly closer: readonly QuotaRow[];
  /** A limit each; empty when nobody is asked about. */
  readonly held: readonly HeldLimit[];
}
