// Hands admin requests to the controller and turns its silence into error codes, item by item. Used by handlers of admin APIs.
import type { Api } from '../../protocol/codec.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { Fields, Input, Value } from '../../protocol/grammar.ts';
import type { RequestContext } from '../rpc/handler.ts';
import type { Broker } from './broker.ts';
import { LinkError } from './link/controller-link.ts';

export interface NoAnswer {
  readonly errorCode: ErrorCode;
  readonly errorMessage: string;
}

/** Longest a client may make the broker wait for the controller. */
const MAX_WAIT_MS = 60_000;
const MIN_WAIT_MS = 1000;

/** The controller's answer, or why there is none. `timeoutMs` is the client's own; `context` where the controller must know who asks. */
export async function forwarded<Q extends Fields, R extends Fields>(
  broker: Broker,
  api: Api<Q, R>,
  request: Input<Q>,
  timeoutMs: number,
  context?: RequestContext,
): Promise<{ readonly answer: Value<R> } | { readonly noAnswer: NoAnswer }> {
  try {
    const waitMs = Math.max(MIN_WAIT_MS, Math.min(timeoutMs, MAX_WAIT_MS));
    const asker = context && { ...context, user: context.connection.user };
    return { answer: await broker.controller.forward(api, request, waitMs, asker) };
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    const errorMessage = `The controller did not answer: ${error.message}`;
    return { noAnswer: { errorCode: ErrorCode[error.code], errorMessage } };
  }
}
