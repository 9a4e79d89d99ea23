// Serves SCRAM users.
import type { Feature } from '../feature.ts';
import { Users } from './users.ts';
import { usersView } from './views.ts';

export const users: Feature<'users'> = (context) => {
  const known = new Users(context);
  return {
    channels: {
      users: (params) => ({
        interests: ['users'],
        concerns: (name) => name === 'users',
        compute: () => usersView(known, params),
        release: known.sampled.watchBegan(),
      }),
    },
    calls: {
      'user.setPassword': (args) => known.setPassword(args),
      'user.delete': (args) => known.delete(args),
    },
    streams: {},
    close: () => known.close(),
  };
};
