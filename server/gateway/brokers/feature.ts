// Serves brokers: the list, and the settings of one.
import { ConfigResourceTypes } from '../../client/apis.ts';
import type { Feature } from '../feature.ts';
import { describeSettings } from '../sampling/settings.ts';
import { brokersView } from './view.ts';

export const brokers: Feature<'brokers'> = (context) => ({
  channels: {
    brokers: () => ({
      interests: ['brokers'],
      concerns: (name) => name === 'core',
      compute: () => brokersView(context),
    }),
  },
  calls: {
    'broker.configs': async ({ brokerId }) => {
      const { client, metadata } = context;
      await metadata.fresh(5_000);
      return describeSettings(client, client.broker(brokerId), ConfigResourceTypes.BROKER, String(brokerId));
    },
  },
  streams: {},
});
