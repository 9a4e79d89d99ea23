// What a run asks of the controller, and how it takes in the answers: the next moves, putting back, the elections at the end. Called by
// reassignments.ts, one at a time.
import { kafkaError, kafkaErrorName, throwIfError, toClusterError } from '../../../client/errors.ts';
import { partitionKey } from '../../../client/places.ts';
import {
  ALTER_REASSIGNMENTS,
  ELECT_LEADERS,
  LIST_REASSIGNMENTS,
  type OngoingReassignment,
  type PartitionOutcome,
  PREFERRED,
  type TargetReplicas,
} from '../../../client/reassignment-apis.ts';
import type { GatewayContext } from '../../context.ts';
import type { Run, RunMove } from './run.ts';

const TIMEOUT_MS = 30_000;
const ELECTIONS_AT_ONCE = 1_000;
/** What passes by itself: a controller that moves, a broker that is slow. */
const RETRIED_CODES: ReadonlySet<string> = new Set(['NOT_CONTROLLER', 'REQUEST_TIMED_OUT', 'BROKER_NOT_AVAILABLE']);

/** Everything under way, whoever began it. @throws ClusterError */
export async function listOngoing(context: GatewayContext): Promise<readonly OngoingReassignment[]> {
  const answer = await context.client.askController(LIST_REASSIGNMENTS, TIMEOUT_MS);
  throwIfError(answer.errorCode, 'Reading what is under way failed', answer.errorMessage);
  return answer.partitions;
}

/** What may be tried again stays waiting. @throws ClusterError when the whole request is refused */
export async function submit(context: GatewayContext, run: Run, batch: readonly RunMove[]): Promise<void> {
  const targets = batch.map(({ topic, partition, to }) => ({ topic, partition, replicas: to }));
  const outcomeOf = await alter(context, targets, 'Handing over the next partitions failed');
  for (const move of batch) {
    const { errorCode, errorMessage } = outcomeOf(move);
    if (errorCode === 0) move.state = 'moving';
    else if (!RETRIED_CODES.has(kafkaErrorName(errorCode))) {
      const what = `Moving partition ${move.partition} of ${move.topic} failed`;
      run.fail(move, kafkaError(errorCode, what, errorMessage).message);
    }
  }
  context.offsets.isMetadataStale = true;
}

/** Asks for everything under way to be put back. @returns how many partitions were @throws ClusterError */
export async function revert(context: GatewayContext, run: Run): Promise<number> {
  const moving = run.moving();
  if (moving.length === 0) return 0;
  const targets = moving.map(({ topic, partition }) => ({ topic, partition, replicas: null }));
  const outcomeOf = await alter(context, targets, 'Cancelling failed');
  let reverted = 0;
  for (const move of moving) {
    const { errorCode } = outcomeOf(move);
    if (errorCode === 0) {
      move.state = 'cancelled';
      move.copiedBytes = null;
      reverted += 1;
    } else if (kafkaErrorName(errorCode) === 'NO_REASSIGNMENT_IN_PROGRESS') {
      move.state = 'done';
      move.copiedBytes = move.bytes;
    } else if (!RETRIED_CODES.has(kafkaErrorName(errorCode))) {
      run.fail(move, kafkaError(errorCode, `Putting back partition ${move.partition} of ${move.topic} failed`).message);
    }
  }
  return reverted;
}

/** Preferred leaders of what arrived. Never throws: what did not work is a warning of the run. */
export async function electLeaders(context: GatewayContext, run: Run): Promise<void> {
  const unmoved = new Set(
    run.moves.filter(({ state }) => state !== 'done').map(({ topic, partition }) => partitionKey(topic, partition)),
  );
  const wanted = run.elections.filter(({ topic, partition }) => !unmoved.has(partitionKey(topic, partition)));
  for (let start = 0; start < wanted.length; start += ELECTIONS_AT_ONCE) {
    try {
      const slice = wanted.slice(start, start + ELECTIONS_AT_ONCE);
      const answer = await context.client.askController(ELECT_LEADERS, PREFERRED, slice, TIMEOUT_MS);
      throwIfError(answer.errorCode, 'Electing leaders failed');
      for (const { topic, partition, errorCode, errorMessage } of answer.partitions) {
        if (errorCode === 0 || kafkaErrorName(errorCode) === 'ELECTION_NOT_NEEDED') continue;
        run.warn(kafkaError(errorCode, `Partition ${partition} of ${topic} kept its leader`, errorMessage).message);
      }
    } catch (error) {
      run.warn(toClusterError(error, 'Electing leaders failed').message);
      return;
    }
  }
}

type Outcome = Pick<PartitionOutcome, 'errorCode' | 'errorMessage'>;
const DONE: Outcome = { errorCode: 0, errorMessage: null };

async function alter(
  context: GatewayContext,
  targets: readonly TargetReplicas[],
  what: string,
): Promise<(move: RunMove) => Outcome> {
  const answer = await context.client.askController(ALTER_REASSIGNMENTS, targets, TIMEOUT_MS);
  throwIfError(answer.errorCode, what, answer.errorMessage);
  const outcomes = new Map(answer.partitions.map((each) => [partitionKey(each.topic, each.partition), each]));
  return ({ topic, partition }) => outcomes.get(partitionKey(topic, partition)) ?? DONE;
}
