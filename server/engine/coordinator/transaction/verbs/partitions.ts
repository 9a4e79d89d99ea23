// AddPartitionsToTxn, AddOffsetsToTxn and the question whether a write belongs to its producer's transaction.
import { ErrorCode } from '../../../../protocol/errors.ts';
import { holdsAll, isPreparing, type Partitions, type Transaction, union } from '../transaction.ts';
import { change, type Decision, done, type ProducerIdAndEpoch, refused } from './decision.ts';

export interface PartitionsRequest extends ProducerIdAndEpoch {
  readonly partitions: Partitions;
  readonly clientVersion: number;
}

function refusalOf(current: Transaction | null, request: ProducerIdAndEpoch): number {
  if (current === null || current.producerId !== request.producerId) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  if (current.producerEpoch !== request.producerEpoch) return ErrorCode.PRODUCER_FENCED;
  return isPreparing(current) ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE;
}

/** AddPartitionsToTxn, AddOffsetsToTxn: the first one begins the transaction. */
export function addPartitions(current: Transaction | null, request: PartitionsRequest, nowMs: number): Decision {
  const errorCode = refusalOf(current, request);
  if (current === null || errorCode !== ErrorCode.NONE) return refused(errorCode);
  const isOpen = current.state === 'Ongoing';
  if (isOpen && holdsAll(current.partitions, request.partitions)) return done(current);
  return change({
    ...current,
    state: 'Ongoing',
    partitions: isOpen ? union(current.partitions, request.partitions) : request.partitions,
    startTimestampMs: isOpen ? current.startTimestampMs : nowMs,
    lastUpdateTimestampMs: nowMs,
    clientVersion: request.clientVersion,
  });
}

/** Whether the producer may write to the partition in its transaction: NONE or TRANSACTION_ABORTABLE, or why it may not speak. */
export function verify(
  current: Transaction | null,
  request: ProducerIdAndEpoch,
): (topic: string, partition: number) => number {
  const errorCode = refusalOf(current, request);
  if (current === null || errorCode !== ErrorCode.NONE) return () => errorCode;
  const { state, partitions } = current;
  return (topic, partition) => {
    const isHeld = state === 'Ongoing' && partitions.get(topic)?.has(partition) === true;
    return isHeld ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE;
  };
}
