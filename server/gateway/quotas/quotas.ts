// The client quotas of the cluster while somebody looks, and changing them. Quotas are read whole from any broker; changes go to the
// controller. Made and closed by feature.ts, read by views.ts. Touches quotas only: what else is known of a user stays.
import { ALTER_CLIENT_QUOTAS, DESCRIBE_CLIENT_QUOTAS } from '../../client/apis.ts';
import { ClusterError, invalidArgument, throwIfError } from '../../client/errors.ts';
import type { CallArgs, CallResult, QuotaEntity, QuotaKey, QuotaLimits, QuotaRow } from '../../live/contract.ts';
import { QUOTA_KEYS } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { Polled } from '../sampling/polled.ts';
import { entityOf, idOf } from './entity.ts';

const INTERVAL_MS = 2_000;
/** The broker that is asked may hear of a change a moment after the controller has answered for it. */
const CATCH_UP_MS = 1_500;
const CATCH_UP_PAUSE_MS = 100;
const MATCH = { exact: 0, fallback: 1 } as const;

export class Quotas {
  readonly #context: GatewayContext;
  /** By id. */
  readonly sampled: Polled<ReadonlyMap<string, QuotaRow>>;

  constructor(context: GatewayContext) {
    this.#context = context;
    this.sampled = new Polled(context, {
      intervalMs: INTERVAL_MS,
      failed: 'Reading the quotas failed',
      read: () => this.#read([], false),
      onChange: () => context.tell('quotas'),
    });
  }

  /** @throws ClusterError QUOTA_CHANGED, INVALID_ARGUMENT for nothing to do, or Kafka's */
  async alter({ entity, limits, expected }: CallArgs<'quota.alter'>): Promise<CallResult<'quota.alter'>> {
    const wanted = QUOTA_KEYS.flatMap((key) => {
      const value = limits[key];
      return value === undefined ? [] : [{ key, value }];
    });
    if (wanted.length === 0) throw invalidArgument('No limit was given: nothing would change.');
    await this.#mustBe(entity, expected);
    const answer = await this.#context.client.askController(
      ALTER_CLIENT_QUOTAS,
      [
        {
          entities: entity.map(({ type, name }) => ({ entityType: type, entityName: name })),
          ops: wanted.map(({ key, value }) =>
            value === null ? ({ key, remove: true } as const) : ({ key, value, remove: false } as const),
          ),
        },
      ],
      false,
    );
    for (const { errorCode, errorMessage } of answer.entries)
      throwIfError(errorCode, 'Changing the quota failed', errorMessage);
    this.sampled.refreshNow();
    return { changed: wanted.length };
  }

  close(): Promise<void> {
    return this.sampled.close();
  }

  /** Waits for a broker that has not heard yet, then believes it. */
  async #mustBe(entity: QuotaEntity, expected: QuotaLimits): Promise<void> {
    const untilMs = Date.now() + CATCH_UP_MS;
    for (;;) {
      const found = (await this.#read(entity, true)).get(idOf(entity))?.limits ?? {};
      if (areEqual(found, expected)) return;
      if (Date.now() > untilMs) {
        throw changedMeanwhile(found, expected);
      }
      await new Promise((resolve) => setTimeout(resolve, CATCH_UP_PAUSE_MS));
    }
  }

  /** Those that name just these parts; without parts all there are. */
  async #read(entity: QuotaEntity, isStrict: boolean): Promise<ReadonlyMap<string, QuotaRow>> {
    const components = entity.map(({ type, name }) =>
      name === null
        ? { entityType: type, matchType: MATCH.fallback }
        : { entityType: type, matchType: MATCH.exact, match: name },
    );
    const answer = await this.#context.client.askAny(DESCRIBE_CLIENT_QUOTAS, components, isStrict);
    throwIfError(answer.errorCode, 'Reading the quotas failed', answer.errorMessage ?? null);
    const rows = new Map<string, QuotaRow>();
    for (const { entity: parts, values } of answer.entries ?? []) {
      const known = entityOf(
        parts.map(({ entityType, entityName }) => ({ entityType, entityName: entityName ?? null })),
      );
      if (known === null) continue;
      const id = idOf(known);
      rows.set(id, { id, entity: known, limits: limitsOf(values) });
    }
    return rows;
  }
}

function limitsOf(values: readonly { readonly key: string; readonly value: number }[]): QuotaLimits {
  const limits: Partial<Record<QuotaKey, number>> = {};
  for (const key of QUOTA_KEYS) {
    const value = values.find((each) => each.key === key)?.value;
    if (value !== undefined) limits[key] = value;
  }
  return limits;
}

function changedMeanwhile(found: QuotaLimits, expected: QuotaLimits): ClusterError {
  const now = QUOTA_KEYS.flatMap((key) => (found[key] === undefined ? [] : `${key}=${found[key]}`)).join(', ');
  const sentence =
    Object.keys(expected).length === 0
      ? `There is a quota for this already: ${now}. Nothing was changed; open it and change it there.`
      : `Somebody changed this quota meanwhile: it is ${now === '' ? 'not set' : now} now. Nothing was changed; look at it again.`;
  return new ClusterError('QUOTA_CHANGED', sentence);
}

function areEqual(left: QuotaLimits, right: QuotaLimits): boolean {
  return QUOTA_KEYS.every((key) => left[key] === right[key]);
}
