// The names that the command palette finds.
import { z } from 'zod';
import { call, subject } from './declare.ts';
import { query } from './inputs.ts';
import { text } from './parts.ts';

export const search = subject({
  channels: {},
  streams: {},
  calls: {
    search: call({
      args: z.strictObject({ query }),
      result: z.strictObject({ topics: z.array(text), groups: z.array(text) }),
      says: 'Finds topics and groups by a part of their names, at most 20 of each.',
      right: 'viewer',
      on: () => null,
      changes: false,
      http: 'GET /search',
    }),
  },
});
