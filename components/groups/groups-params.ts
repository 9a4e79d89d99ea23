// What the list of groups can be asked for in its address; read by the page on the server and by the list in the browser.
import { firstAsked, listFields } from '../live/resource-list/address.ts';
import type { UrlValues } from '../ui/hooks/url-field.ts';

export const groupFields = listFields(['name', 'lag', 'state', 'members'], {});
export const groupsAsked = ({ q, sort, desc }: UrlValues<typeof groupFields>) => ({
  query: q.trim(),
  sort,
  descending: desc,
});
export const groupsParams = firstAsked(groupFields, groupsAsked);
