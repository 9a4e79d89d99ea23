// AlterClientQuotas (KIP-546, ClientQuotaControlManager): entity by entity; one bad entity never fails the others.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { alterClientQuotas } from '../../../protocol/schema/49-alter-client-quotas.ts';
import { isQuotaEntityType, type QuotaEntity, type QuotaEntityType } from '../client-quotas.ts';
import { type ControllerView, type Decision, MAX_RECORDS_PER_REQUEST, type Refusal, refuse } from '../decision.ts';
import { type MetadataRecord, record } from '../record.ts';

type Request = RequestOf<typeof alterClientQuotas>;
type Entry = Request['entries'][number];
type Reply = ResponseInput<typeof alterClientQuotas>;

/** As a double. */
const LONG_MAX = 2 ** 63;
/** Quotas of users and client ids; null for any positive number, else the largest whole one. */
const LIMITS: ReadonlyMap<string, number | null> = new Map([
  ['producer_byte_rate', LONG_MAX],
  ['consumer_byte_rate', LONG_MAX],
  ['request_percentage', null],
  ['controller_mutation_rate', null],
]);
/** What an address may have. */
const RATE_OF_ADDRESS = 'connection_creation_rate';
const INT_MAX = 2_147_483_647;
/** IPv4 or IPv6 as sockets tell it. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[\da-f]*:[\da-f:.]*)$/;
/** Kafka's getErrorForIntegralQuotaValue. */
const WHOLE_WITHIN = 1e-6;

const invalid = (text: string): Refusal => refuse(ErrorCode.INVALID_REQUEST, text);

/**
 * INVALID_REQUEST for an entity or a value that Kafka does not know. An entity named twice is refused the second time; what the first
 * time said of it holds (as in Kafka).
 * DIVERGES: names of hosts are not looked up; an address is named as it is.
 */
export function decideAlterClientQuotas(view: ControllerView, { entries, validateOnly }: Request): Decision<Reply> {
  const records: MetadataRecord[] = [];
  const replies = new Map<string, NonNullable<Reply['entries']>[number]>();
  for (const entry of entries) {
    const named = new Map(entry.entity.map(({ entityType, entityName }) => [entityType, entityName]));
    const entity = [...named].map(([entityType, entityName]) => ({ entityType, entityName }));
    const key = JSON.stringify([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
    const outcome = replies.has(key)
      ? invalid(`Ignoring duplicate entity ${key}`)
      : alterOne(view, named, entry.ops, MAX_RECORDS_PER_REQUEST - records.length);
    const refusal = Array.isArray(outcome) ? { errorCode: ErrorCode.NONE, errorMessage: null } : outcome;
    if (Array.isArray(outcome)) records.push(...outcome);
    replies.set(key, { entity, ...(refusal as Refusal) });
  }
  return { records: validateOnly ? [] : records, reply: { entries: [...replies.values()] } };
}

function alterOne(
  view: ControllerView,
  named: ReadonlyMap<string, string | null>,
  ops: Entry['ops'],
  room: number,
): MetadataRecord[] | Refusal {
  const keys = new Set(ops.map(({ key }) => key));
  if (keys.size < ops.length) return invalid('Duplicate quota key');
  const problem = problemWithEntity(named);
  if (problem !== null) return invalid(problem);
  const entity = named as QuotaEntity;
  const current = view.state.clientQuotas.valuesOf(entity);
  const records: MetadataRecord[] = [];
  const parts = () => [...named].map(([entityType, entityName]) => ({ entityType, entityName }));
  for (const { key, value, remove } of ops) {
    if (remove) {
      if (current.has(key)) records.push(record('clientQuota', { entity: parts(), key, remove: true }));
      continue;
    }
    const bad = problemWithValue(entity, key, value);
    if (bad !== null) return invalid(bad);
    if (!Object.is(current.get(key), value)) records.push(record('clientQuota', { entity: parts(), key, value }));
  }
  return records.length <= room ? records : invalid(`More than ${MAX_RECORDS_PER_REQUEST} changes in one request`);
}

function problemWithEntity(named: ReadonlyMap<string, string | null>): string | null {
  if (named.size === 0) return 'Invalid empty client quota entity';
  for (const [type, name] of named) {
    if (!isQuotaEntityType(type)) return `Unhandled client quota entity type: ${type}`;
    if (name === '') return `Empty ${type} not supported`;
  }
  const isOfAddress = named.has('ip');
  if (isOfAddress && named.size > 1) {
    return 'Invalid quota entity combination, IP entity should not be combined with User or ClientId';
  }
  const address = named.get('ip');
  if (typeof address === 'string' && !ADDRESS.test(address)) return `${address} is not a valid IP or resolvable host.`;
  return null;
}

function problemWithValue(entity: ReadonlyMap<QuotaEntityType, unknown>, key: string, value: number): string | null {
  const isRate = key === RATE_OF_ADDRESS;
  if (entity.has('ip') !== isRate) return `Invalid configuration key ${key}`;
  const largest = isRate ? INT_MAX : LIMITS.get(key);
  if (largest === undefined) return `Invalid configuration key ${key}`;
  if (!Number.isFinite(value)) return `Quota ${key} must be a finite number`;
  if (value <= 0) return `Quota ${key} must be greater than 0`;
  if (largest === null) return null;
  if (value > largest) return `Proposed value for ${key} is too large for ${isRate ? 'an INT' : 'a LONG'}.`;
  return Math.abs(value % 1) > WHOLE_WITHIN ? `${key} cannot be a fractional value.` : null;
}
