// SCRAM users: their mechanisms, never their secrets, where clients log in as them, and how they are made and deleted.
import { z } from 'zod';
import { AlterUserScramCredentials, DescribeUserScramCredentials } from './apis.ts';
import { call, channel, type Shape, subject } from './declare.ts';
import { principal, query, RowWindow, whole } from './inputs.ts';
import { SCRAM_ITERATIONS, SCRAM_MECHANISMS } from './limits.ts';
import { int, Sampled, text, windowOf } from './parts.ts';

export const ScramMechanism = z.enum(SCRAM_MECHANISMS);
export type ScramMechanism = Shape<typeof ScramMechanism>;
const mechanisms = z.array(ScramMechanism).min(1).max(SCRAM_MECHANISMS.length);

export const ScramCredential = z.strictObject({ mechanism: ScramMechanism, iterations: int });
export type ScramCredential = Shape<typeof ScramCredential>;
export const UserRow = z.strictObject({ name: text, credentials: z.array(ScramCredential) });
export type UserRow = Shape<typeof UserRow>;

export const ClientListener = z.strictObject({
  name: text,
  protocol: z.enum(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']),
  /** host:port of each broker that has it; at most 20. */
  addresses: z.array(text),
});
export type ClientListener = Shape<typeof ClientListener>;
/** How clients connect, by the settings of the brokers. */
export const ClientListeners = z.strictObject({
  listeners: z.array(ClientListener),
  /** sasl.enabled.mechanisms; empty: not told. */
  mechanisms: z.array(text),
});
export type ClientListeners = Shape<typeof ClientListeners>;

export const UsersParams = z.strictObject({
  ...RowWindow.shape,
  /** Part of a name, by which they are sorted. */
  query,
  descending: z.boolean(),
  /** The user that is looked at; null: none. */
  name: principal.nullable(),
});
export type UsersParams = Shape<typeof UsersParams>;
export const UsersView = z.strictObject({
  ...Sampled.shape,
  total: int,
  ...windowOf(UserRow),
  /** null: none is looked at, or it is gone. */
  chosen: UserRow.nullable(),
  /** null: no broker has told its settings. */
  clients: ClientListeners.nullable(),
});
export type UsersView = Shape<typeof UsersView>;

const needsToAlter = [DescribeUserScramCredentials, AlterUserScramCredentials];

export const users = subject({
  channels: {
    users: channel({
      params: UsersParams,
      data: UsersView,
      says: 'Shows a window of the SCRAM users with their mechanisms, and where clients log in.',
      needs: [DescribeUserScramCredentials],
    }),
  },
  streams: {},
  calls: {
    /** Salts the password here. Nothing of it comes back, is logged or kept. */
    'user.setPassword': call({
      args: z.strictObject({
        name: principal,
        mechanisms,
        iterations: whole(SCRAM_ITERATIONS.least, SCRAM_ITERATIONS.most),
        password: z.string().min(1).max(1_000),
        /** Refused as USER_EXISTS with it, as RESOURCE_NOT_FOUND without it. */
        isNew: z.boolean(),
      }),
      result: z.strictObject({ name: text, mechanisms: z.array(ScramMechanism) }),
      says: 'Creates a SCRAM user, or gives one another password.',
      right: 'admin',
      on: ({ name }) => ['user', name],
      needs: needsToAlter,
      changes: true,
      http: 'PUT /users/{name}/password',
    }),
    /** With the last mechanism the user is gone. */
    'user.delete': call({
      args: z.strictObject({ name: principal, mechanisms }),
      result: z.strictObject({ name: text, mechanisms: z.array(ScramMechanism) }),
      says: 'Deletes credentials of a SCRAM user, and with the last of them the user.',
      right: 'admin',
      on: ({ name }) => ['user', name],
      needs: needsToAlter,
      changes: true,
      http: 'DELETE /users/{name}',
    }),
  },
});
