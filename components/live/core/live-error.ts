// The one error type that live channels and calls reject with. Plain fields, so it can be shown as it is.
import type { ErrorBody } from '../../../server/live/contract.ts';

export class LiveError extends Error {
  readonly code: number;
  readonly retriable: boolean;
  constructor(body: ErrorBody) {
    super(body.message);
    this.name = body.name;
    this.code = body.code;
    this.retriable = body.retriable;
  }
}

export const disconnected = (): LiveError =>
  new LiveError({
    code: 0,
    name: 'DISCONNECTED',
    message:
      'The connection to the server was lost before it answered; check whether the change took place, then try again.',
    retriable: true,
  });

export const timedOut = (seconds: number): LiveError =>
  new LiveError({
    code: 0,
    name: 'TIMED_OUT',
    message: `The server did not answer within ${seconds} s; check whether the change took place, then try again.`,
    retriable: true,
  });

/** Any thrown value as a sentence for people. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
