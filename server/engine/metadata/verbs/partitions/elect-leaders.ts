// ElectLeaders: elections that somebody asked for (ReplicationControlManager.electLeaders, KIP-460).
import type { RequestOf, ResponseInput } from '../../../../protocol/codec.ts';
import { ErrorCode } from '../../../../protocol/errors.ts';
import type { electLeaders } from '../../../../protocol/schema/43-elect-leaders.ts';
import { type ControllerView, type Decision, MAX_RECORDS_PER_REQUEST, type Refusal, refuse } from '../../decision.ts';
import type { PartitionImage } from '../../image.ts';
import type { MetadataRecord } from '../../record.ts';
import { NO_LEADER } from '../../state.ts';
import { Elections } from './partition-change.ts';

type Request = RequestOf<typeof electLeaders>;
type Reply = ResponseInput<typeof electLeaders>;
type Result = NonNullable<NonNullable<Reply['replicaElectionResults']>[number]['partitionResult']>[number];

const ElectionType = { preferred: 0, unclean: 1 } as const;

/**
 * ELECTION_NOT_NEEDED, PREFERRED_LEADER_NOT_AVAILABLE or ELIGIBLE_LEADERS_NOT_AVAILABLE, partition by partition. A request for all
 * partitions (null) names only those where there was something to elect.
 */
export function decideElectLeaders(view: ControllerView, request: Request): Decision<Reply> {
  const { electionType, topicPartitions } = request;
  if (electionType !== ElectionType.preferred && electionType !== ElectionType.unclean) {
    const refused = { errorCode: ErrorCode.INVALID_REQUEST, errorMessage: `Election type ${electionType} is unknown.` };
    const replicaElectionResults = (topicPartitions ?? []).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partitionId) => ({ partitionId, ...refused })),
    }));
    return { records: [], reply: { errorCode: refused.errorCode, replicaElectionResults } };
  }
  const round = new Round(view, electionType === ElectionType.unclean);
  const replicaElectionResults: NonNullable<Reply['replicaElectionResults']>[number][] = [];
  for (const { topic, partitions } of topicPartitions ?? everyPartition(view)) {
    const all = partitions.map((partitionId): Result => {
      const refusal = round.elect(topic, partitionId);
      return { partitionId, ...(refusal ?? { errorCode: ErrorCode.NONE, errorMessage: null }) };
    });
    const partitionResult =
      topicPartitions === null ? all.filter(({ errorCode }) => errorCode !== ErrorCode.ELECTION_NOT_NEEDED) : all;
    if (partitionResult.length > 0) replicaElectionResults.push({ topic, partitionResult });
  }
  return { records: round.records, reply: { errorCode: ErrorCode.NONE, replicaElectionResults } };
}

function* everyPartition({ state }: ControllerView): Generator<{ topic: string; partitions: number[] }> {
  for (const { name, partitions } of state.topics.values()) yield { topic: name, partitions: [...partitions.keys()] };
}

/** The elections of one request; a partition is elected once. */
class Round {
  readonly records: MetadataRecord[] = [];
  readonly #view: ControllerView;
  readonly #isUnclean: boolean;
  readonly #elections: Elections;
  readonly #elected = new Set<PartitionImage>();

  constructor(view: ControllerView, isUnclean: boolean) {
    this.#view = view;
    this.#isUnclean = isUnclean;
    this.#elections = new Elections(view);
  }

  elect(name: string, index: number): Refusal | null {
    const topic = this.#view.state.topics.get(name);
    if (topic === undefined) return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `No such topic as ${name}`);
    const partition = topic.partitions[index];
    if (partition === undefined) {
      return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `No such partition as ${name}-${index}`);
    }
    if (this.#elected.has(partition)) return NOT_NEEDED;
    const isUnneeded = this.#isUnclean ? partition.leader !== NO_LEADER : partition.leader === partition.replicas[0];
    if (isUnneeded) return NOT_NEEDED;
    const change = this.#elections.change(topic, partition, {}, this.#isUnclean ? 'unclean' : 'preferred');
    if (change === null || change.after.leader === partition.leader)
      return this.#isUnclean ? NO_ELIGIBLE : NO_PREFERRED;
    if (this.records.length >= MAX_RECORDS_PER_REQUEST) return TOO_MANY;
    this.#elected.add(partition);
    this.records.push(change.record);
    return null;
  }
}

const NOT_NEEDED = refuse(ErrorCode.ELECTION_NOT_NEEDED, 'Leader election not needed for topic partition.');
const NO_PREFERRED = refuse(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE, 'The preferred leader was not available.');
const NO_ELIGIBLE = refuse(
  ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
  'Eligible topic partition leaders are not available.',
);
const TOO_MANY = refuse(ErrorCode.POLICY_VIOLATION, `More than ${MAX_RECORDS_PER_REQUEST} elections in one request.`);
