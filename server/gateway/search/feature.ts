// Serves the search of the command palette, which looks through several subjects at once.
import type { Feature } from '../feature.ts';
import { search as searchNames } from './search.ts';

export const search: Feature<'search'> = (context) => ({
  channels: {},
  calls: { search: (args) => searchNames(context, args) },
  streams: {},
});
