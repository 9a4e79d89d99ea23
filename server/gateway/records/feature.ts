// Serves records: pages of them, the live tail, one at its offset, and writing.
import type { Feature } from '../feature.ts';
import { Browse } from './browse.ts';
import { getRecord } from './get.ts';
import { produceRecords } from './produce.ts';
import { Tail } from './tail.ts';

export const records: Feature<'records'> = (context) => ({
  channels: {},
  calls: {
    'record.produce': (args) => produceRecords(context, args),
    'record.get': (args) => getRecord(context, args),
  },
  streams: {
    browse: (params, onReady, onError) => new Browse(context, params, onReady, onError),
    tail: (params, onReady, onError) => new Tail(context, params, onReady, onError),
  },
});
