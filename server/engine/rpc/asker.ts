// Whose request a broker hands to the controller, in the client id of the request's header: the controller holds clients to quotas
// and knows no other connection than the broker's. Written by the broker's line, read by the controller.
import { ANONYMOUS, type QuotaClient } from './handler.ts';

/** A user's name has none: SCRAM and PLAIN end at it. */
const NUL = '\0';

/** The client's own id where there is nothing to add. */
export function writeAsker({ user, clientId }: QuotaClient): string {
  return user === ANONYMOUS && !clientId.startsWith(NUL) ? clientId : `${NUL}${user}${NUL}${clientId}`;
}

export function readAsker(text: string): QuotaClient {
  const end = text.startsWith(NUL) ? text.indexOf(NUL, 1) : -1;
  if (end < 0) return { user: ANONYMOUS, clientId: text };
  return { user: text.slice(1, end), clientId: text.slice(end + 1) };
}
