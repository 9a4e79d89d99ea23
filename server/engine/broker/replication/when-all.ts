// Waits until what one request asked of several partitions is done in all of them, or until its time is over (Kafka's DelayedProduce
// and DelayedDeleteRecords). Called by the handlers of Produce, for acks=all, and DeleteRecords, only when something is not done yet.
import type { CancelTimer, World } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { RequestContext } from '../../rpc/handler.ts';

/** Begins to wait; tells `done` once. The answer gives up. */
export type Wait = (done: (errorCode: ErrorCode) => void) => () => void;

/**
 * One code for each, in order: what it was told, or REQUEST_TIMED_OUT for those that are not done after `timeoutMs`. Never resolves
 * when the connection closes before: nobody is left to tell.
 */
export function whenAllDone(
  { world, context }: { readonly world: World; readonly context: RequestContext },
  waits: readonly Wait[],
  timeoutMs: number,
): Promise<readonly ErrorCode[]> {
  return new Promise((resolve) => {
    const outcomes: ErrorCode[] = waits.map(() => ErrorCode.REQUEST_TIMED_OUT);
    let left = waits.length;
    let cancelTimer: CancelTimer = () => {};
    let forgetConnection = (): void => {};
    const giveUps: (() => void)[] = [];
    const end = (): void => {
      cancelTimer();
      forgetConnection();
      for (const giveUp of giveUps) giveUp();
    };
    const finish = (): void => {
      end();
      resolve(outcomes);
    };
    cancelTimer = world.timers.after(Math.max(0, timeoutMs), finish);
    forgetConnection = context.connection.onClose(end);
    waits.forEach((wait, i) => {
      const done = (errorCode: ErrorCode): void => {
        outcomes[i] = errorCode;
        left--;
        if (left === 0) finish();
      };
      giveUps.push(wait(done));
    });
  });
}
