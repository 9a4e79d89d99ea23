// What the page of users can be asked for in its address; read by the page on the server and by the list in the browser.
import { firstAsked, listFields } from '../live/resource-list/address.ts';
import { flagField, textField, type UrlValues } from '../ui/hooks/url-field.ts';

export const userFields = listFields(['name'], {
  /** The user that is open. */
  name: textField('', 1_000),
  new: flagField(),
});
export const usersAsked = ({ q, desc, name }: UrlValues<typeof userFields>) => ({
  query: q.trim(),
  descending: desc,
  name: name === '' ? null : name,
});
export const usersParams = firstAsked(userFields, usersAsked);
