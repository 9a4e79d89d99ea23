// Serves the overview: health, totals, history, what is busy and what lags.
import type { Feature } from '../feature.ts';
import { overviewView } from './view.ts';

export const overview: Feature<'overview'> = (context) => ({
  channels: {
    overview: () => ({
      interests: ['overview'],
      concerns: (name) => name === 'core',
      compute: () => overviewView(context),
    }),
  },
  calls: {},
  streams: {},
});
