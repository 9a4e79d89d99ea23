// Which quota holds a client, limit by limit, as Kafka decides it (ClientQuotaManager's DefaultQuotaCallback): user and client id, then
// the user, then the client id, each named before its default. Pure; views.ts asks.
import { type HeldLimit, QUOTA_KEYS, type QuotaClient, type QuotaEntity, type QuotaRow } from '../../live/contract.ts';
import { idOf, nameIn } from './entity.ts';

/** The principal of who did not authenticate. */
export const ANONYMOUS = 'ANONYMOUS';
const MAX_CLOSER = 20;

type ById = ReadonlyMap<string, QuotaRow>;

/** A limit each, in Kafka's order. The address counts for connections only, and these for nothing else. */
export function heldBy(rows: ById, client: QuotaClient): readonly HeldLimit[] {
  const ofClient = rowsOf(rows, clientEntities(client));
  const ofAddress = rowsOf(rows, addressEntities(client.ip));
  return QUOTA_KEYS.map((key) => {
    const candidates = key === 'connection_creation_rate' ? ofAddress : ofClient;
    const [rule = null, ...passedOver] = candidates.filter(({ limits }) => limits[key] !== undefined);
    return { key, rule, passedOver };
  });
}

/** Closest first. A client without an id is held by quotas of users only. */
function clientEntities({ user: given, clientId }: QuotaClient): readonly QuotaEntity[] {
  const user = given === '' ? ANONYMOUS : given;
  const clients: readonly QuotaEntity[] =
    clientId === '' ? [[]] : [[{ type: 'client-id', name: clientId }], [{ type: 'client-id', name: null }], []];
  const users: readonly QuotaEntity[] = [[{ type: 'user', name: user }], [{ type: 'user', name: null }], []];
  return users
    .flatMap((ofUser) => clients.map((ofClient) => [...ofUser, ...ofClient]))
    .filter((entity) => entity.length > 0);
}

function addressEntities(ip: string): readonly QuotaEntity[] {
  return ip === '' ? [[{ type: 'ip', name: null }]] : [[{ type: 'ip', name: ip }], [{ type: 'ip', name: null }]];
}

function rowsOf(rows: ById, entities: readonly QuotaEntity[]): readonly QuotaRow[] {
  return entities.flatMap((entity) => rows.get(idOf(entity)) ?? []);
}

/** Quotas that go before `row` for some of its clients, in a limit that it has; at most 20. */
export function closerThan(rows: ById, row: QuotaRow): readonly QuotaRow[] {
  const closer: QuotaRow[] = [];
  for (const other of rows.values()) {
    if (closer.length === MAX_CLOSER) break;
    const sharesLimit = QUOTA_KEYS.some((key) => row.limits[key] !== undefined && other.limits[key] !== undefined);
    if (other.id !== row.id && sharesLimit && goesBefore(other.entity, row.entity)) closer.push(other);
  }
  return closer;
}

/** Some client is named by both, and `left` holds it. */
function goesBefore(left: QuotaEntity, right: QuotaEntity): boolean {
  const isOfAddress = nameIn(left, 'ip') !== undefined;
  if (isOfAddress !== (nameIn(right, 'ip') !== undefined)) return false;
  const meet = (['user', 'client-id', 'ip'] as const).every((type) => {
    const [a, b] = [nameIn(left, type), nameIn(right, type)];
    return typeof a !== 'string' || typeof b !== 'string' || a === b;
  });
  return meet && rankOf(left) < rankOf(right);
}

/** Kafka's order, 0 the closest. */
function rankOf(entity: QuotaEntity): number {
  const place = (name: string | null | undefined) => (typeof name === 'string' ? 0 : name === null ? 1 : 2);
  const ip = nameIn(entity, 'ip');
  if (ip !== undefined) return place(ip);
  return place(nameIn(entity, 'user')) * 3 + place(nameIn(entity, 'client-id'));
}
