// Serves the live map.
import type { Feature } from '../feature.ts';
import { LiveMap } from './map.ts';
import { mapView } from './view.ts';

export const map: Feature<'map'> = (context) => {
  const live = new LiveMap(context);
  context.onTold((name) => {
    if (name === 'core') live.observe();
  });
  return {
    channels: {
      map: (params) => ({
        interests: ['map'],
        concerns: (name) => name === 'map' || (name === 'core' && context.metadata.failure !== null),
        compute: (owner) => mapView(context, live, params, owner),
        release: (owner) => live.release(owner),
      }),
    },
    calls: {},
    streams: {},
    close: () => live.close(),
  };
};
