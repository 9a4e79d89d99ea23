// The calls a browser can make: name and arguments → one gateway call. Called by session.ts. Arguments are checked here,
// before anything runs; a call never changes what a page shows except through the cluster.
import type { ClusterGateway } from '../gateway/gateway.ts';
import type { CallArgs, CallName, ErrorBody } from './contract.ts';
import { errorBody, toErrorBody } from './errors.ts';
import { callSchemas, describeFindings } from './schemas.ts';

export type CallOutcome = { readonly ok: unknown } | { readonly error: ErrorBody };

function isCallName(name: string): name is CallName {
  return Object.hasOwn(callSchemas, name);
}

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
  if (!isCallName(name)) {
    return {
      error: errorBody('UNKNOWN_CALL', `There is no call "${name}": reload the page, it may be older than the server.`),
    };
  }
  const checked = callSchemas[name].safeParse(args);
  if (!checked.success) {
    return { error: errorBody('INVALID_ARGUMENT', `${name} was not run: ${describeFindings(checked.error)}`) };
  }
  try {
    return { ok: (await gateway.call(name, argumentsOf(name, checked.data))) ?? null };
  } catch (error) {
    return { error: toErrorBody(error, `call ${name}`, onBug) };
  }
}

/** The schema of `name` produced `data`, and schemas.ts proves each schema to give CallArgs of its name. */
function argumentsOf<N extends CallName>(_name: N, data: unknown): CallArgs<N> {
  return data as CallArgs<N>;
}
