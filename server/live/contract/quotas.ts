// Client quotas: the list, one of them, who is held by what, and how one is changed.
import { z } from 'zod';
import { AlterClientQuotas, DescribeClientQuotas } from './apis.ts';
import { call, channel, type Shape, subject } from './declare.ts';
import { principal, query, RowWindow } from './inputs.ts';
import { QUOTA_KEYS } from './limits.ts';
import { int, real, Sampled, text, windowOf } from './parts.ts';
import { quotaIdOf } from './quota-id.ts';

export const QuotaKey = z.enum(QUOTA_KEYS);
export type QuotaKey = Shape<typeof QuotaKey>;
export const QuotaLimits = z.partialRecord(QuotaKey, real);
export type QuotaLimits = Shape<typeof QuotaLimits>;

export const QuotaPartType = z.enum(['user', 'client-id', 'ip']);
export type QuotaPartType = Shape<typeof QuotaPartType>;
export const QuotaPart = z.strictObject({
  type: QuotaPartType,
  /** null: the default of its type, for all who have no quota of their own. */
  name: principal.nullable(),
});
export type QuotaPart = Shape<typeof QuotaPart>;
/** Whom a quota is for: a user, a client id, both in this order, or an address. */
export const QuotaEntity = z.array(QuotaPart).min(1).max(2);
export type QuotaEntity = Shape<typeof QuotaEntity>;
/** Which parts an entity has. */
export const QuotaKind = z.enum(['user', 'user-client', 'client', 'ip']);
export type QuotaKind = Shape<typeof QuotaKind>;
export const QuotaSort = z.enum(['entity', ...QUOTA_KEYS]);
export type QuotaSort = Shape<typeof QuotaSort>;

export const QuotaRow = z.strictObject({
  /** Names the entity in addresses: "user:alice,client-id". */
  id: text,
  /** What Kafka holds: longer names than may be given here, too. */
  entity: z.array(z.strictObject({ type: QuotaPartType, name: text.nullable() })),
  limits: QuotaLimits,
});
export type QuotaRow = Shape<typeof QuotaRow>;

/** A client that is asked about. Empty: not authenticated, without a client id, from an address of no interest. */
export const QuotaClient = z.strictObject({
  user: z.string().max(1_000),
  clientId: z.string().max(1_000),
  ip: z.string().max(100),
});
export type QuotaClient = Shape<typeof QuotaClient>;
export const HeldLimit = z.strictObject({
  key: QuotaKey,
  /** The quota that applies; null: none does. */
  rule: QuotaRow.nullable(),
  /** Others that name the client too and have this limit, closest first: they would apply if `rule` were not there. */
  passedOver: z.array(QuotaRow),
});
export type HeldLimit = Shape<typeof HeldLimit>;

export const QuotasParams = z.strictObject({
  ...RowWindow.shape,
  /** Part of a name. */
  query,
  /** null: every kind. */
  kind: QuotaKind.nullable(),
  sort: QuotaSort,
  descending: z.boolean(),
  /** The quota that is looked at; null: none. */
  id: z.string().min(1).max(10_000).nullable(),
  /** null: nobody is asked about. */
  client: QuotaClient.nullable(),
});
export type QuotasParams = Shape<typeof QuotasParams>;
export const QuotasView = z.strictObject({
  ...Sampled.shape,
  total: int,
  ...windowOf(QuotaRow),
  /** null: none is looked at, or it is gone. */
  chosen: QuotaRow.nullable(),
  /** Quotas that are closer to some of the clients that `chosen` names and have one of its limits; at most 20. */
  closer: z.array(QuotaRow),
  /** A limit each; empty when nobody is asked about. */
  held: z.array(HeldLimit),
});
export type QuotasView = Shape<typeof QuotasView>;

export const quotas = subject({
  channels: {
    quotas: channel({
      params: QuotasParams,
      data: QuotasView,
      says: 'Shows a window of the client quotas, one of them whole, and which of them hold a client.',
      needs: [DescribeClientQuotas],
    }),
  },
  streams: {},
  calls: {
    /** The other limits stay. Refused as QUOTA_CHANGED when the limits are no longer those of `expected`. */
    'quota.alter': call({
      args: z.strictObject({
        entity: QuotaEntity,
        /** null takes a limit away. */
        limits: z.partialRecord(QuotaKey, z.number().nullable()),
        expected: QuotaLimits,
      }),
      result: z.strictObject({ changed: int }),
      says: 'Sets or removes limits of one client quota.',
      right: 'admin',
      on: ({ entity }) => ['quota', quotaIdOf(entity)],
      needs: [DescribeClientQuotas, AlterClientQuotas],
      changes: true,
      http: 'PATCH /quotas/{id}',
    }),
  },
});
