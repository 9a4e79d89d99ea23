// CreatePartitions: only ever more of them (ReplicationControlManager.createPartitions).
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { createPartitions } from '../../../protocol/schema/37-create-partitions.ts';
import {
  type ControllerView,
  type Decision,
  duplicatesOf,
  isRefusal,
  MAX_RECORDS_PER_REQUEST,
  problemWithPermits,
  type Refusal,
  refuse,
} from '../decision.ts';
import { Placement } from '../placement.ts';
import type { MetadataRecord } from '../record.ts';
import { newPartition } from './create-topics.ts';
import { stayingReplicas } from './partitions/reassign-partitions.ts';

type Request = RequestOf<typeof createPartitions>;
type Growth = Request['topics'][number];
type Reply = ResponseInput<typeof createPartitions>;

export function decideCreatePartitions(view: ControllerView, request: Request): Decision<Reply> {
  const twice = duplicatesOf(request.topics.map(({ name }) => name));
  const placement = new Placement(view.state);
  const records: MetadataRecord[] = [];
  // Also of those that are only tried: they are told what would hold.
  let planned = 0;
  const results: NonNullable<Reply['results']>[number][] = [];
  for (const name of twice) {
    results.push({ name, errorCode: ErrorCode.INVALID_REQUEST, errorMessage: 'Duplicate topic name.' });
  }
  for (const topic of request.topics) {
    if (twice.has(topic.name)) continue;
    const grown = grow(view, topic, { placement, room: MAX_RECORDS_PER_REQUEST - planned });
    if (isRefusal(grown)) {
      results.push({ name: topic.name, ...grown });
      continue;
    }
    planned += grown.length;
    if (!request.validateOnly) records.push(...grown);
    results.push({ name: topic.name, errorCode: ErrorCode.NONE, errorMessage: null });
  }
  return { records, reply: { results } };
}

function grow(
  view: ControllerView,
  { name, count, assignments }: Growth,
  { placement, room }: { placement: Placement; room: number },
): MetadataRecord[] | Refusal {
  const topic = view.state.topics.get(name);
  if (topic === undefined) {
    const message = 'This server does not host this topic-partition.';
    return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, message);
  }
  const before = topic.partitions.length;
  if (count === before) {
    return refuse(ErrorCode.INVALID_PARTITIONS, `Topic already has ${before} partition(s).`);
  }
  if (count < before) {
    const message = `The topic ${name} currently has ${before} partition(s); ${count} would not be an increase.`;
    return refuse(ErrorCode.INVALID_PARTITIONS, message);
  }
  const more = count - before;
  if (more > room) {
    const message = `Topic '${name}' would take the request past ${MAX_RECORDS_PER_REQUEST} new partitions.`;
    return refuse(ErrorCode.POLICY_VIOLATION, message);
  }
  if (assignments !== null && assignments.length !== more) {
    const message = `Attempted to add ${more} additional partition(s), but only ${assignments.length} assignment(s) were specified.`;
    return refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
  const exceeded = problemWithPermits(view, more);
  if (exceeded !== null) return exceeded;
  // New partitions have as many replicas as the topic's first, or as it will have.
  const [first] = topic.partitions;
  const factor = first === undefined ? 1 : stayingReplicas(first).length;
  const places =
    assignments === null
      ? placement.place(more, factor)
      : placement.accept(
          assignments.map(({ brokerIds }) => brokerIds),
          factor,
        );
  if (isRefusal(places)) return places;
  return places.map((place, i) => newPartition(topic.topicId, before + i, place));
}
