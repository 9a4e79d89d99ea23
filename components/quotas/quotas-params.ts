// What the page of quotas can be asked for in its address; read by the page on the server and by the list in the browser.
import {
  QUOTA_KEYS,
  type QuotaClient,
  type QuotaKind,
  type QuotaSort,
  type QuotasParams,
} from '../../server/live/contract.ts';

export const FIRST_ROWS = 200;
export const quotaSorts = ['entity', ...QUOTA_KEYS] as const satisfies readonly QuotaSort[];
export const quotaKinds = ['user', 'user-client', 'client', 'ip'] as const satisfies readonly QuotaKind[];

/** null: nobody is asked about. */
export function clientOf({ user, clientId, ip }: QuotaClient): QuotaClient | null {
  const client = {
    user: user.trim().slice(0, 1_000),
    clientId: clientId.trim().slice(0, 1_000),
    ip: ip.trim().slice(0, 100),
  };
  return client.user === '' && client.clientId === '' && client.ip === '' ? null : client;
}

export function quotasParams(read: (name: string) => string): QuotasParams {
  const id = read('id');
  return {
    query: read('q').trim().slice(0, 249),
    kind: quotaKinds.find((kind) => kind === read('kind')) ?? null,
    sort: quotaSorts.find((sort) => sort === read('sort')) ?? 'entity',
    descending: read('desc') === '1',
    id: id === '' ? null : id.slice(0, 10_000),
    client: clientOf({ user: read('user'), clientId: read('client'), ip: read('ip') }),
    offset: 0,
    limit: FIRST_ROWS,
  };
}
