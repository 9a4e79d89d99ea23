// AlterPartitionReassignments and ListPartitionReassignments (KIP-455, ReplicationControlManager): replicas move to other brokers.
// The new ones join beside the old; once all that are to stay are in sync, a later AlterPartition drops the others, or this
// request itself where that is so already.
import type { RequestOf, ResponseInput } from '../../../../protocol/codec.ts';
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { alterPartitionReassignments } from '../../../../protocol/schema/45-alter-partition-reassignments.ts';
import type { listPartitionReassignments } from '../../../../protocol/schema/46-list-partition-reassignments.ts';
import {
  type ControllerView,
  type Decision,
  duplicatesOf,
  isRefusal,
  MAX_RECORDS_PER_REQUEST,
  type Refusal,
  refuse,
} from '../../decision.ts';
import type { PartitionImage, TopicImage } from '../../image.ts';
import type { MetadataRecord } from '../../record.ts';
import { topicSetting } from '../../settings.ts';
import { Elections, type PartitionTarget } from './partition-change.ts';

type AlterRequest = RequestOf<typeof alterPartitionReassignments>;
type AlterReply = ResponseInput<typeof alterPartitionReassignments>;
type ListRequest = RequestOf<typeof listPartitionReassignments>;
type ListReply = ResponseInput<typeof listPartitionReassignments>;

/**
 * Per partition: UNKNOWN_TOPIC_OR_PARTITION, INVALID_REPLICA_ASSIGNMENT, INVALID_REPLICATION_FACTOR where the request forbids to
 * change it (KIP-860), NO_REASSIGNMENT_IN_PROGRESS for a cancellation (null replicas) of nothing.
 */
export function decideAlterReassignments(view: ControllerView, request: AlterRequest): Decision<AlterReply> {
  const { allowReplicationFactorChange } = request;
  const round = new Round(view, allowReplicationFactorChange);
  const responses = request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex, replicas }) => {
      const refusal = round.alter(name, partitionIndex, replicas);
      return { partitionIndex, ...(refusal ?? { errorCode: ErrorCode.NONE, errorMessage: null }) };
    }),
  }));
  return { records: round.records, reply: { allowReplicationFactorChange, errorCode: ErrorCode.NONE, responses } };
}

/** The changes of one request. A partition named twice is changed twice, the second time from what the first made of it. */
class Round {
  readonly records: MetadataRecord[] = [];
  readonly #view: ControllerView;
  readonly #elections: Elections;
  readonly #mayChangeFactor: boolean;
  readonly #changed = new Map<string, PartitionImage>();

  constructor(view: ControllerView, mayChangeFactor: boolean) {
    this.#view = view;
    this.#elections = new Elections(view);
    this.#mayChangeFactor = mayChangeFactor;
  }

  alter(name: string, index: number, replicas: readonly number[] | null): Refusal | null {
    const { topics } = this.#view.state;
    const topic = topics.get(name);
    if (topic === undefined) {
      return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Unable to find a topic named ${name}.`);
    }
    const key = `${index}/${name}`;
    const partition = this.#changed.get(key) ?? topic.partitions[index];
    if (partition === undefined) {
      return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Unable to find partition ${name}:${index}.`);
    }
    const target = replicas === null ? this.#cancelled(topic, partition) : this.#assigned(partition, replicas);
    if (isRefusal(target)) return target;
    const change = this.#elections.change(topic, partition, target);
    if (change === null) return null;
    if (this.records.length >= MAX_RECORDS_PER_REQUEST) return TOO_MANY;
    this.records.push(change.record);
    this.#changed.set(key, change.after);
    return null;
  }

  #assigned(partition: PartitionImage, replicas: readonly number[]): PartitionTarget | Refusal {
    const problem = this.#problemWith(replicas);
    if (problem !== null) return refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, problem);
    const factor = stayingReplicas(partition).length;
    if (!this.#mayChangeFactor && replicas.length !== factor) {
      const message = `The replication factor is changed from ${factor} to ${replicas.length}`;
      return refuse(ErrorCode.INVALID_REPLICATION_FACTOR, message);
    }
    return assignment(partition, replicas);
  }
  #problemWith(replicas: readonly number[]): string | null {
    if (replicas.length === 0) return 'The manual partition assignment includes an empty replica list.';
    const unknown = replicas.find((id) => !this.#view.state.brokers.has(id));
    if (unknown !== undefined) {
      return `The manual partition assignment includes broker ${unknown}, but no such broker is registered.`;
    }
    const [twice] = duplicatesOf(replicas);
    return twice === undefined ? null : `The manual partition assignment includes the broker ${twice} more than once.`;
  }

  /** PartitionReassignmentRevert: what was added leaves again, what was to be removed stays. */
  #cancelled(topic: TopicImage, partition: PartitionImage): PartitionTarget | Refusal {
    if (!isReassigned(partition)) {
      return refuse(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, 'No partition reassignment is in progress.');
    }
    const replicas = originalReplicas(partition);
    const inSyncReplicas = partition.inSyncReplicas.filter((id) => replicas.includes(id));
    const target = { replicas, addingReplicas: [], removingReplicas: [] };
    const hasNobodyLeft = inSyncReplicas.length === 0 && partition.inSyncReplicas.length > 0;
    if (!hasNobodyLeft) return { ...target, inSyncReplicas };
    const { state, settings } = this.#view;
    if (topicSetting(state, settings, topic.name, 'unclean.leader.election.enable').toLowerCase() === 'true') {
      return { ...target, inSyncReplicas: replicas.slice(0, 1) };
    }
    const message = `Unable to revert partition assignment for ${topic.name}:${partition.partition} because it would require an unclean leader election.`;
    return refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
}

const TOO_MANY = refuse(
  ErrorCode.POLICY_VIOLATION,
  `More than ${MAX_RECORDS_PER_REQUEST} reassignments in one request.`,
);

export function isReassigned({ addingReplicas, removingReplicas }: PartitionImage): boolean {
  return addingReplicas.length + removingReplicas.length > 0;
}
/** The replicas once a reassignment is done; all of them when none is under way. */
export function stayingReplicas({ replicas, removingReplicas }: PartitionImage): readonly number[] {
  return replicas.filter((id) => !removingReplicas.includes(id));
}
function originalReplicas({ replicas, addingReplicas }: PartitionImage): readonly number[] {
  return replicas.filter((id) => !addingReplicas.includes(id));
}

/**
 * The wanted replicas, and behind them those of before that are to leave. What an unfinished reassignment added and this one does
 * not want leaves at once, as KIP-455 has it, unless nobody else would be in sync.
 * DIVERGES: Kafka keeps it among the replicas to be removed.
 */
function assignment(partition: PartitionImage, replicas: readonly number[]): PartitionTarget {
  const dropped = partition.addingReplicas.filter((id) => !replicas.includes(id));
  const left = partition.inSyncReplicas.filter((id) => !dropped.includes(id));
  const isDropping = left.length > 0 || partition.inSyncReplicas.length === 0;
  const before = isDropping ? originalReplicas(partition) : partition.replicas;
  const removingReplicas = before.filter((id) => !replicas.includes(id));
  return {
    replicas: [...replicas, ...removingReplicas],
    addingReplicas: replicas.filter((id) => !before.includes(id)),
    removingReplicas,
    inSyncReplicas: isDropping ? left : partition.inSyncReplicas,
  };
}

/** Those under way, of the partitions asked for; of all with null. What is unknown is left out. */
export function decideListReassignments({ state }: ControllerView, request: ListRequest): Decision<ListReply> {
  const asked =
    request.topics ??
    [...state.topics.values()].map(({ name, partitions }) => ({ name, partitionIndexes: [...partitions.keys()] }));
  const topics: NonNullable<ListReply['topics']>[number][] = [];
  for (const { name, partitionIndexes } of asked) {
    const known = state.topics.get(name)?.partitions ?? [];
    const partitions = partitionIndexes.flatMap((partitionIndex) => {
      const partition = known[partitionIndex];
      if (partition === undefined || !isReassigned(partition)) return [];
      const { replicas, addingReplicas, removingReplicas } = partition;
      return [
        {
          partitionIndex,
          replicas: [...replicas],
          addingReplicas: [...addingReplicas],
          removingReplicas: [...removingReplicas],
        },
      ];
    });
    if (partitions.length > 0) topics.push({ name, partitions });
  }
  return { records: [], reply: { errorCode: ErrorCode.NONE, topics } };
}
