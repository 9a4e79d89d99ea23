// Serves test traffic.
import type { Feature } from '../feature.ts';
import { Traffic } from './traffic.ts';

export const traffic: Feature<'traffic'> = (context) => {
  const running = new Traffic(context);
  return {
    channels: {
      traffic: () => ({
        interests: ['traffic'],
        concerns: (name) => name === 'traffic',
        compute: () => running.view(),
      }),
    },
    calls: {
      'traffic.startProducer': (args) => running.startProducer(args),
      'traffic.startConsumer': (args) => running.startConsumer(args),
      'traffic.stop': ({ id }) => running.stop(id),
    },
    streams: {},
    close: () => running.close(),
  };
};
