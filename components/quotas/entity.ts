// Whom a quota is for, in words: as a name, as the clients it holds, and with whom these share it. Pure.
import type { QuotaClient, QuotaEntity, QuotaKind, QuotaPart, QuotaPartType } from '../../server/live/contract.ts';

const words: Readonly<Record<QuotaPartType, { readonly one: string; readonly others: string }>> = {
  user: { one: 'user', others: 'every other user' },
  'client-id': { one: 'client', others: 'every other client' },
  ip: { one: 'address', others: 'every other address' },
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "User alice, client orders-app", "User alice, every other client", "Every other user". */
export function entityWords(entity: QuotaEntity): string {
  return capital(
    entity.map(({ type, name }) => (name === null ? words[type].others : `${words[type].one} ${name}`)).join(', '),
  );
}

export const kindWords: Readonly<Record<QuotaKind, string>> = {
  user: 'Users',
  'user-client': 'Users with a client id',
  client: 'Client ids',
  ip: 'Addresses',
};

const nameIn = (entity: QuotaEntity, type: QuotaPartType): string | null | undefined =>
  entity.find((part) => part.type === type)?.name;

/** Which clients it is for, as a sentence. */
export function whomItHolds(entity: QuotaEntity): string {
  const [user, client, ip] = [nameIn(entity, 'user'), nameIn(entity, 'client-id'), nameIn(entity, 'ip')];
  if (ip !== undefined) {
    return ip === null
      ? 'Holds connections from every address that has no quota of its own.'
      : `Holds connections from ${ip}.`;
  }
  const users = user === null ? 'every user that no closer quota names' : `user ${user}`;
  const clients = client === null ? 'with any client id that no closer quota names' : `with client id ${client}`;
  if (client === undefined) return `Holds ${users}, whatever the client id, unless a quota names the client id too.`;
  if (user !== undefined) return `Holds ${users} ${clients}.`;
  return `Holds clients ${clients}, whoever the user is, unless a quota names the user.`;
}

/** Who draws on the same limit; Kafka gives a default to each user and client id apart. */
export function whoShares(entity: QuotaEntity): string {
  const [user, client, ip] = [nameIn(entity, 'user'), nameIn(entity, 'client-id'), nameIn(entity, 'ip')];
  if (ip !== undefined) return ip === null ? 'Each address has it for itself.' : 'All its connections share it.';
  if (user !== undefined && client !== undefined) {
    return user === null || client === null
      ? 'Each pair of user and client id has it for itself; all connections of a pair share it.'
      : 'All connections of this user with this client id share it.';
  }
  if (user !== undefined)
    return user === null
      ? 'Each user has it for itself; all clients of a user share it.'
      : 'All clients of this user share it.';
  return client === null
    ? 'Each client id has it for itself; all connections with it share it.'
    : 'All connections with this client id share it, whoever the user is.';
}

/** As the server names entities: "user:alice,client-id". */
export function idOf(entity: QuotaEntity): string {
  return entity.map(({ type, name }) => (name === null ? type : `${type}:${encodeURIComponent(name)}`)).join(',');
}

const isType = (text: string): text is QuotaPartType => Object.hasOwn(words, text);

/** The entity of an id; null for what is none. */
export function entityOf(id: string): QuotaEntity | null {
  const parts: QuotaPart[] = [];
  for (const text of id.split(',')) {
    const cut = text.indexOf(':');
    const type = cut < 0 ? text : text.slice(0, cut);
    if (!isType(type) || parts.some((part) => part.type === type)) return null;
    try {
      parts.push({ type, name: cut < 0 ? null : decodeURIComponent(text.slice(cut + 1)) });
    } catch {
      // An address that was cut short: the text is no id.
      return null;
    }
  }
  return parts;
}

/** Just this client, as an entity that a quota can be given to; null: it has no name at all. */
export function entityOfClient({ user, clientId, ip }: QuotaClient): QuotaEntity | null {
  const parts: QuotaPart[] = [
    ...(user === '' ? [] : [{ type: 'user', name: user } as const]),
    ...(clientId === '' ? [] : [{ type: 'client-id', name: clientId } as const]),
  ];
  if (parts.length > 0) return parts;
  return ip === '' ? null : [{ type: 'ip', name: ip }];
}
