// Serves the versioned features of the cluster, read while somebody looks.
import type { Feature } from '../feature.ts';
import { Polled } from '../sampling/polled.ts';
import { type KnownFeatures, readFeatures } from './read.ts';
import { featuresView } from './view.ts';

/** Levels change seldom, and a broker that comes or goes is seen soon enough. */
const INTERVAL_MS = 5_000;

export const features: Feature<'features'> = (context) => {
  const known = new Polled<KnownFeatures>(context, {
    intervalMs: INTERVAL_MS,
    failed: 'Reading the features failed',
    read: () => readFeatures(context.client),
    onChange: () => context.tell('features'),
  });
  return {
    channels: {
      features: () => ({
        interests: ['features'],
        concerns: (name) => name === 'features',
        compute: () => featuresView(known),
        release: known.watchBegan(),
      }),
    },
    calls: {},
    streams: {},
    close: () => known.close(),
  };
};
