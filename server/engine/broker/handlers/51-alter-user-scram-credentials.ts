// 51 AlterUserScramCredentials, version 0. KIP-554: credentials for SCRAM-SHA-256 and SCRAM-SHA-512 are stored and removed. The
// controller decides; nobody logs what is in them. No listener asks for them yet.
import { alterUserScramCredentials } from '../../../protocol/schema/51-alter-user-scram-credentials.ts';
import { type Handler, serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { forwarded } from '../forward.ts';

/** The request names no time of its own. */
const TIMEOUT_MS = 30_000;

export function alterUserScramCredentialsHandler(broker: Broker): Handler {
  return serve(alterUserScramCredentials, async (request) => {
    const outcome = await forwarded(broker, alterUserScramCredentials, request, TIMEOUT_MS);
    if ('answer' in outcome) return outcome.answer;
    const users = new Set([...request.deletions, ...request.upsertions].map(({ name }) => name));
    return { results: [...users].map((user) => ({ user, ...outcome.noAnswer })) };
  });
}
