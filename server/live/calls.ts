// The calls a browser can make: name and arguments → one gateway call. Called by session.ts. Arguments are checked here,
// before anything runs; a call never changes what a page shows except through the cluster.
import type { ClusterGateway } from '../gateway/gateway.ts';
import { declaredCalls } from './contract/subjects.ts';
import type { CallArgs, CallName, ErrorBody } from './contract.ts';
import { describeFindings } from './envelope.ts';
import { errorBody, toErrorBody } from './errors.ts';

export type CallOutcome = { readonly ok: unknown } | { readonly error: ErrorBody };

/**
 * Runs one call on a cluster. Never throws: UNKNOWN_CALL and INVALID_ARGUMENT come from here, Kafka's errors from the
 * gateway, INTERNAL for a bug, whose details go to `onBug` only.
 */
export async function runCall(
  gateway: ClusterGateway,
  name: string,
  args: unknown,
  onBug: (line: string) => void,
): Promise<CallOutcome> {
  const declared = declaredCalls.get(name);
  if (declared === undefined) {
    return {
      error: errorBody('UNKNOWN_CALL', `There is no call "${name}": reload the page, it may be older than the server.`),
    };
  }
  const checked = declared.args.safeParse(args);
  if (!checked.success) {
    return { error: errorBody('INVALID_ARGUMENT', `${name} was not run: ${describeFindings(checked.error)}`) };
  }
  try {
    return { ok: (await gateway.call(name as CallName, checkedArgs(checked.data))) ?? null };
  } catch (error) {
    return { error: toErrorBody(error, `call ${name}`, onBug) };
  }
}

/** What the declaration of a call let through fits its arguments: their type is made of the same schema. */
function checkedArgs<N extends CallName>(data: unknown): CallArgs<N> {
  return data as CallArgs<N>;
}
