// Serves client quotas.
import type { Feature } from '../feature.ts';
import { Quotas } from './quotas.ts';
import { quotasView } from './views.ts';

export const quotas: Feature<'quotas'> = (context) => {
  const known = new Quotas(context);
  return {
    channels: {
      quotas: (params) => ({
        interests: ['quotas'],
        concerns: (name) => name === 'quotas',
        compute: () => quotasView(known, params),
        release: known.sampled.watchBegan(),
      }),
    },
    calls: { 'quota.alter': (args) => known.alter(args) },
    streams: {},
    close: () => known.close(),
  };
};
