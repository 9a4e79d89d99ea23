// Channels and calls of quotas and users, for create.ts.

import type { CallTable, ChannelTable, KafkaCallName } from '../feature.ts';
import type { Quotas } from '../quotas/quotas.ts';
import { quotasView } from '../quotas/views.ts';
import type { Users } from './users.ts';
import { usersView } from './views.ts';

export type AccessChannel = 'quotas' | 'users';
export type AccessCall = Extract<KafkaCallName, `quota.${string}` | `user.${string}`>;

/** Each looks while its view is open. */
export function accessChannels(quotas: Quotas, users: Users): Pick<ChannelTable, AccessChannel> {
  return {
    quotas: (params) => ({
      interests: ['quotas'],
      concerns: (change) => change === 'quotas',
      compute: () => quotasView(quotas, params),
      release: quotas.sampled.watchBegan(),
    }),
    users: (params) => ({
      interests: ['users'],
      concerns: (change) => change === 'users',
      compute: () => usersView(users, params),
      release: users.sampled.watchBegan(),
    }),
  };
}

export function accessCalls(quotas: Quotas, users: Users): Pick<CallTable, AccessCall> {
  return {
    'quota.alter': (args) => quotas.alter(args),
    'user.setPassword': (args) => users.setPassword(args),
    'user.delete': (args) => users.delete(args),
  };
}
