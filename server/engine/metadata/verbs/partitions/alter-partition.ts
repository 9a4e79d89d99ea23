// AlterPartition: a leader proposes its in-sync replicas (ReplicationControlManager.alterPartition).
import type { RequestOf, ResponseInput } from '../../../../protocol/codec.ts';
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { alterPartition } from '../../../../protocol/schema/56-alter-partition.ts';
import type { ControllerView, Decision } from '../../decision.ts';
import type { MetadataImage, PartitionImage } from '../../image.ts';
import type { MetadataRecord } from '../../record.ts';
import { activeBrokers, Elections } from './partition-change.ts';

type Request = RequestOf<typeof alterPartition>;
type Reply = ResponseInput<typeof alterPartition>;
type Wish = Request['topics'][number]['partitions'][number];
type Outcome = NonNullable<NonNullable<Reply['topics']>[number]['partitions']>[number];

/**
 * STALE_BROKER_EPOCH for the whole request. Per partition: UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION, NOT_CONTROLLER when the
 * leader knows a newer partition than the controller, FENCED_LEADER_EPOCH, INVALID_REQUEST from one who does not lead,
 * INVALID_UPDATE_VERSION when the partition changed meanwhile, INELIGIBLE_REPLICA for a replica that is fenced, stopping or has
 * registered anew, NEW_LEADER_ELECTED when it ended a reassignment that takes the leader away. The order of the checks is Kafka's.
 */
export function decideAlterPartition(view: ControllerView, request: Request): Decision<Reply> {
  const broker = view.state.brokers.get(request.brokerId);
  if (broker === undefined || broker.epoch !== request.brokerEpoch) {
    return { records: [], reply: { errorCode: ErrorCode.STALE_BROKER_EPOCH, topics: [] } };
  }
  const records: MetadataRecord[] = [];
  // A stopping leader takes others in sync so that it can hand over; that it does when it beats next.
  const elections = new Elections(view, activeBrokers(view, { back: request.brokerId }));
  const topics = request.topics.map(({ topicId, partitions }) => {
    const topic = view.state.topicsById.get(topicId);
    // A partition named twice is decided once: the second wish is of an epoch that the first ends.
    const decided = new Set<number>();
    const outcomes = partitions.map((wish): Outcome => {
      const partition = topic?.partitions[wish.partitionIndex];
      if (topic === undefined) return refused(wish, ErrorCode.UNKNOWN_TOPIC_ID);
      if (partition === undefined) return refused(wish, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      const wanted = inSyncReplicasOf(wish);
      const problem = problemWith(view.state, { leader: request.brokerId, partition, wish, wanted });
      if (problem !== ErrorCode.NONE) return refused(wish, problem);
      if (decided.has(partition.partition)) return refused(wish, ErrorCode.INVALID_UPDATE_VERSION);
      const change = elections.change(topic, partition, { inSyncReplicas: wanted });
      if (change === null) return outcomeOf(partition);
      decided.add(partition.partition);
      records.push(change.record);
      // The end of a reassignment may take the leader away. It is an error that changes something.
      if (change.after.leader !== request.brokerId) return refused(wish, ErrorCode.NEW_LEADER_ELECTED);
      return outcomeOf(change.after);
    });
    return { topicId, partitions: outcomes };
  });
  return { records, reply: { errorCode: ErrorCode.NONE, topics } };
}

function problemWith(
  image: MetadataImage,
  o: { leader: number; partition: PartitionImage; wish: Wish; wanted: readonly number[] },
): number {
  const { leader, partition, wish, wanted } = o;
  if (wish.leaderEpoch > partition.leaderEpoch || wish.partitionEpoch > partition.partitionEpoch) {
    return ErrorCode.NOT_CONTROLLER;
  }
  if (wish.leaderEpoch < partition.leaderEpoch) return ErrorCode.FENCED_LEADER_EPOCH;
  if (leader !== partition.leader) return ErrorCode.INVALID_REQUEST;
  if (wish.partitionEpoch < partition.partitionEpoch) return ErrorCode.INVALID_UPDATE_VERSION;
  if (new Set(wanted).size < wanted.length || !wanted.every((id) => partition.replicas.includes(id))) {
    return ErrorCode.INVALID_REQUEST;
  }
  if (!wanted.includes(leader) || wish.leaderRecoveryState !== 0) return ErrorCode.INVALID_REQUEST;
  // A stopping leader that alone is in sync needs others beside it, so that it can hand over.
  const isEligible = wanted.every((id) => id === leader || mayBeInSync(image, id, epochGiven(wish, id)));
  return isEligible ? ErrorCode.NONE : ErrorCode.INELIGIBLE_REPLICA;
}

/** KIP-841 and KIP-903. An epoch of −1 is of a leader that does not know it. */
function mayBeInSync(image: MetadataImage, id: number, epoch: number): boolean {
  const broker = image.brokers.get(id);
  if (broker === undefined || broker.isFenced || broker.isShuttingDown) return false;
  return epoch === -1 || epoch === broker.epoch;
}
function epochGiven({ newIsrWithEpochs }: Wish, id: number): number {
  return newIsrWithEpochs.find(({ brokerId }) => brokerId === id)?.brokerEpoch ?? -1;
}
function inSyncReplicasOf({ newIsr, newIsrWithEpochs }: Wish): number[] {
  return newIsrWithEpochs.length > 0 ? newIsrWithEpochs.map(({ brokerId }) => brokerId) : newIsr;
}
function refused({ partitionIndex }: Wish, errorCode: number): Outcome {
  return { partitionIndex, errorCode };
}
function outcomeOf(partition: PartitionImage): Outcome {
  return {
    partitionIndex: partition.partition,
    errorCode: ErrorCode.NONE,
    leaderId: partition.leader,
    leaderEpoch: partition.leaderEpoch,
    isr: [...partition.inSyncReplicas],
    partitionEpoch: partition.partitionEpoch,
  };
}
