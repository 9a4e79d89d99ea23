// What the page of quotas can be asked for in its address; read by the page on the server and by the list in the browser.
import { QUOTA_KEYS, type QuotaClient, type QuotaKind } from '../../server/live/contract.ts';
import { firstAsked, listFields } from '../live/resource-list/address.ts';
import { choiceField, textField, type UrlValues } from '../ui/hooks/url-field.ts';

export const quotaKinds = ['user', 'user-client', 'client', 'ip'] as const satisfies readonly QuotaKind[];

export const quotaFields = listFields(['entity', ...QUOTA_KEYS], {
  kind: choiceField(['', ...quotaKinds], ''),
  /** The quota that is open. */
  id: textField('', 10_000),
  /** The form for a new one; what it begins with. */
  new: textField(),
  /** The client that is asked about. */
  user: textField(),
  client: textField(),
  ip: textField(),
});
type QuotasAddress = UrlValues<typeof quotaFields>;

/** As it is typed. */
export const typedClient = ({ user, client, ip }: QuotasAddress): QuotaClient => ({ user, clientId: client, ip });

/** null: nobody is asked about. */
export function clientOf({ user, clientId, ip }: QuotaClient): QuotaClient | null {
  const client = {
    user: user.trim().slice(0, 1_000),
    clientId: clientId.trim().slice(0, 1_000),
    ip: ip.trim().slice(0, 100),
  };
  return client.user === '' && client.clientId === '' && client.ip === '' ? null : client;
}

export const quotasAsked = (address: QuotasAddress) => ({
  query: address.q.trim(),
  kind: address.kind === '' ? null : address.kind,
  sort: address.sort,
  descending: address.desc,
  id: address.id === '' ? null : address.id,
  client: clientOf(typedClient(address)),
});
export const quotasParams = firstAsked(quotaFields, quotasAsked);
