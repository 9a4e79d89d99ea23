// What the list of topics can be asked for in its address; read by the page on the server and by the list in the browser.
import { firstAsked, listFields } from '../live/resource-list/address.ts';
import { flagField, type UrlValues } from '../ui/hooks/url-field.ts';

export const topicFields = listFields(['name', 'partitions', 'records', 'size', 'rate'], {
  internal: flagField(),
  create: flagField(),
});
export const topicsAsked = ({ q, sort, desc, internal }: UrlValues<typeof topicFields>) => ({
  query: q.trim(),
  sort,
  descending: desc,
  includeInternal: internal,
});
export const topicsParams = firstAsked(topicFields, topicsAsked);
