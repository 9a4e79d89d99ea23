// How failures look to the browser. Called by session.ts and calls.ts; the only place that turns exceptions into ErrorBody.
import { ClusterError } from '../gateway/gateway.ts';
import type { ErrorBody } from './contract.ts';

export const errorNames = [
  'INVALID_MESSAGE',
  'INVALID_ARGUMENT',
  'UNKNOWN_CLUSTER',
  'UNKNOWN_CHANNEL',
  'UNKNOWN_CALL',
  'DUPLICATE_ID',
  'TOO_MANY_SUBSCRIPTIONS',
  'TOO_MANY_CALLS',
  'INTERNAL',
] as const;

export function errorBody(name: (typeof errorNames)[number], message: string, retriable = false): ErrorBody {
  return { code: 0, name, message, retriable };
}

/** A ClusterError keeps its words; anything else is a bug of ours: logged whole, told as INTERNAL without detail. */
export function toErrorBody(error: unknown, where: string, onBug: (line: string) => void): ErrorBody {
  if (error instanceof ClusterError) {
    return { code: error.code, name: error.kind, message: error.message, retriable: error.isRetriable };
  }
  onBug(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return errorBody('INTERNAL', 'The server failed while doing this; its log has the details.', true);
}
