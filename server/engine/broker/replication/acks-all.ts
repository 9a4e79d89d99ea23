// Waits until the records of one produce request are committed in all its partitions, or until its time is over (Kafka's
// DelayedProduce). Called by the Produce handler for acks=all, only when something is not committed already.
import type { CancelTimer, World } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { RequestContext } from '../../rpc/handler.ts';
import type { Replica } from '../replica.ts';
import type { Replicas } from '../replicas.ts';

export interface Uncommitted {
  readonly replica: Replica;
  readonly lastOffset: number;
}

/**
 * One code for each, in order: NONE, NOT_LEADER_OR_FOLLOWER, NOT_ENOUGH_REPLICAS_AFTER_APPEND, or REQUEST_TIMED_OUT for those that
 * are not committed after `timeoutMs`. Never resolves when the connection closes before: nobody is left to tell.
 */
export function whenAllCommitted(
  {
    replicas,
    world,
    context,
  }: { readonly replicas: Replicas; readonly world: World; readonly context: RequestContext },
  waiting: readonly Uncommitted[],
  timeoutMs: number,
): Promise<readonly ErrorCode[]> {
  return new Promise((resolve) => {
    const outcomes: ErrorCode[] = waiting.map(() => ErrorCode.REQUEST_TIMED_OUT);
    let left = waiting.length;
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
    waiting.forEach(({ replica, lastOffset }, i) => {
      const done = (errorCode: ErrorCode): void => {
        outcomes[i] = errorCode;
        left--;
        if (left === 0) finish();
      };
      giveUps.push(replicas.whenCommitted(replica, lastOffset, done));
    });
  });
}
