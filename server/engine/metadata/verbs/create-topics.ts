// CreateTopics (ReplicationControlManager.createTopics). One bad topic never fails the others.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { createTopics } from '../../../protocol/schema/19-create-topics.ts';
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
import { type Place, Placement } from '../placement.ts';
import { type MetadataRecord, record } from '../record.ts';
import { brokerSetting, describeNewTopicSettings, validateTopicConfigs } from '../settings.ts';
import { NO_LEADER, RESOURCE_TYPE } from '../state.ts';
import {
  collisionKey,
  METADATA_TOPIC,
  mayCollide,
  OFFSETS_TOPIC,
  problemWithTopicName,
  TRANSACTIONS_TOPIC,
} from '../topic-name.ts';

type Request = RequestOf<typeof createTopics>;
type TopicRequest = Request['topics'][number];
type Reply = ResponseInput<typeof createTopics>;
type TopicReply = NonNullable<Reply['topics']>[number];

interface Creation {
  readonly records: readonly MetadataRecord[];
  readonly reply: TopicReply;
}

export function decideCreateTopics(view: ControllerView, request: Request): Decision<Reply> {
  const duplicates = duplicatesOf(request.topics.map(({ name }) => name));
  const names = new TakenNames(view);
  const placement = new Placement(view.state);
  const records: MetadataRecord[] = [];
  // Also of those that are only tried: they are told what would hold.
  let planned = 0;
  const replies: TopicReply[] = [];
  const answered = new Set<string>();
  for (const topic of request.topics) {
    if (duplicates.has(topic.name)) {
      if (!answered.has(topic.name)) replies.push(refused(topic.name, TWICE));
      answered.add(topic.name);
      continue;
    }
    const creation = createOne(view, topic, { names, placement, room: MAX_RECORDS_PER_REQUEST - planned });
    if (isRefusal(creation)) {
      replies.push(refused(topic.name, creation));
      continue;
    }
    names.add(topic.name);
    replies.push(creation.reply);
    planned += creation.records.length;
    if (!request.validateOnly) records.push(...creation.records);
  }
  return { records, reply: { topics: replies } };
}

const TWICE = refuse(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.');
function refused(name: string, { errorCode, errorMessage }: Refusal): TopicReply {
  return { name, errorCode, errorMessage, configs: [], topicConfigErrorCode: 0 };
}

/** Names in use, those given earlier in the request included. */
class TakenNames {
  readonly #view: ControllerView;
  #byKey: Map<string, string> | null = null;
  constructor(view: ControllerView) {
    this.#view = view;
  }
  add(name: string): void {
    if (mayCollide(name)) this.#keys().set(collisionKey(name), name);
  }
  problemWith(name: string): Refusal | null {
    if (name === METADATA_TOPIC) {
      return refuse(ErrorCode.INVALID_REQUEST, `Creation of internal topic ${METADATA_TOPIC} is prohibited.`);
    }
    const invalid = problemWithTopicName(name);
    if (invalid !== null) return refuse(ErrorCode.INVALID_TOPIC_EXCEPTION, invalid);
    if (this.#view.state.topics.has(name)) {
      return refuse(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`);
    }
    const other = mayCollide(name) ? this.#keys().get(collisionKey(name)) : undefined;
    if (other === undefined) return null;
    return refuse(ErrorCode.INVALID_TOPIC_EXCEPTION, `Topic '${name}' collides with existing topic: ${other}`);
  }
  #keys(): Map<string, string> {
    if (this.#byKey === null) {
      this.#byKey = new Map();
      for (const name of this.#view.state.topics.keys()) {
        if (mayCollide(name)) this.#byKey.set(collisionKey(name), name);
      }
    }
    return this.#byKey;
  }
}

interface Surroundings {
  readonly names: TakenNames;
  readonly placement: Placement;
  /** Records that still fit into the request's batch. */
  readonly room: number;
}

function createOne(view: ControllerView, topic: TopicRequest, around: Surroundings): Creation | Refusal {
  const badName = around.names.problemWith(topic.name);
  if (badName !== null) return badName;
  const configs = configsOf(view, topic);
  if (isRefusal(configs)) return configs;
  const places = placesOf(view, topic, around);
  if (isRefusal(places)) return places;
  if (places.length + configs.size + 1 > around.room) return tooMany(topic.name);
  const exceeded = problemWithPermits(view, places.length);
  if (exceeded !== null) return exceeded;
  const topicId = view.newUuid();
  return {
    records: recordsOf(topic.name, topicId, { configs, places }),
    reply: {
      name: topic.name,
      topicId,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
      numPartitions: places.length,
      replicationFactor: places[0]?.replicas.length ?? 0,
      configs: describeNewTopicSettings(view.state, view.settings, configs).map((inForce) => ({
        name: inForce.setting.name,
        value: inForce.value,
        readOnly: inForce.setting.isReadOnly,
        configSource: inForce.source,
        isSensitive: false,
      })),
    },
  };
}
function tooMany(name: string): Refusal {
  const message = `Topic '${name}' would take the request past ${MAX_RECORDS_PER_REQUEST} partitions and settings.`;
  return refuse(ErrorCode.POLICY_VIOLATION, message);
}

function configsOf(view: ControllerView, topic: TopicRequest): Map<string, string> | Refusal {
  const configs = new Map<string, string>();
  if (topic.name === OFFSETS_TOPIC) {
    configs.set('cleanup.policy', 'compact');
    configs.set('compression.type', 'producer');
    configs.set('segment.bytes', brokerSetting(view.state, view.settings, 'offsets.topic.segment.bytes'));
  }
  if (topic.name === TRANSACTIONS_TOPIC) {
    const setting = (name: string) => brokerSetting(view.state, view.settings, `transaction.state.log.${name}`);
    configs.set('cleanup.policy', 'compact');
    configs.set('compression.type', 'uncompressed');
    configs.set('min.insync.replicas', setting('min.isr'));
    configs.set('segment.bytes', setting('segment.bytes'));
    configs.set('unclean.leader.election.enable', 'false');
  }
  if (duplicatesOf(topic.configs.map(({ name }) => name)).size > 0) {
    return refuse(ErrorCode.INVALID_REQUEST, 'A topic config is given twice.');
  }
  for (const { name, value } of topic.configs) {
    if (value === null) {
      return refuse(ErrorCode.INVALID_CONFIG, `Null value not supported for topic configs: ${name}`);
    }
    configs.set(name, value);
  }
  const problem = validateTopicConfigs(configs);
  return problem === null ? configs : refuse(ErrorCode.INVALID_CONFIG, problem);
}

function placesOf(view: ControllerView, topic: TopicRequest, around: Surroundings): Place[] | Refusal {
  if (topic.assignments.length > 0) return assignedPlaces(topic, around.placement);
  const factor = topic.replicationFactor;
  if (factor === 0 || factor < -1) {
    const message = 'Replication factor must be larger than 0, or -1 to use the default value.';
    return refuse(ErrorCode.INVALID_REPLICATION_FACTOR, message);
  }
  const count = topic.numPartitions;
  if (count === 0 || count < -1) {
    const message = 'Number of partitions was set to an invalid non-positive value.';
    return refuse(ErrorCode.INVALID_PARTITIONS, message);
  }
  const setting = (name: string) => Number(brokerSetting(view.state, view.settings, name));
  const internal = INTERNAL_SETTINGS.get(topic.name);
  const partitions = count === -1 ? setting(internal?.partitions ?? 'num.partitions') : count;
  if (partitions > around.room) return tooMany(topic.name);
  return around.placement.place(partitions, factorOf(topic, setting, around.placement));
}

/** Settings that say how the cluster's own topics begin. */
const INTERNAL_SETTINGS: ReadonlyMap<string, { readonly partitions: string; readonly factor: string }> = new Map([
  [OFFSETS_TOPIC, { partitions: 'offsets.topic.num.partitions', factor: 'offsets.topic.replication.factor' }],
  [
    TRANSACTIONS_TOPIC,
    { partitions: 'transaction.state.log.num.partitions', factor: 'transaction.state.log.replication.factor' },
  ],
]);

/**
 * DIVERGES: Kafka refuses to create an internal topic until there are as many brokers as its factor; here it gets as many replicas
 * as there are brokers, so that a cluster of one works unconfigured.
 */
function factorOf(
  { name, replicationFactor }: TopicRequest,
  setting: (name: string) => number,
  placement: Placement,
): number {
  const internal = INTERNAL_SETTINGS.get(name);
  if (internal === undefined)
    return replicationFactor === -1 ? setting('default.replication.factor') : replicationFactor;
  const wanted = replicationFactor === -1 ? setting(internal.factor) : replicationFactor;
  return Math.min(wanted, Math.max(1, placement.brokerCount));
}

function assignedPlaces(topic: TopicRequest, placement: Placement): Place[] | Refusal {
  if (topic.replicationFactor !== -1) {
    const message = 'A manual partition assignment was specified, but replication factor was not set to -1.';
    return refuse(ErrorCode.INVALID_REQUEST, message);
  }
  if (topic.numPartitions !== -1) {
    const message = 'A manual partition assignment was specified, but numPartitions was not set to -1.';
    return refuse(ErrorCode.INVALID_REQUEST, message);
  }
  const sorted = [...topic.assignments].sort((a, b) => a.partitionIndex - b.partitionIndex);
  if (duplicatesOf(sorted.map(({ partitionIndex }) => partitionIndex)).size > 0) {
    const message = 'A partition was given two manual assignments.';
    return refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
  if (sorted.some(({ partitionIndex }, i) => partitionIndex !== i)) {
    const message = 'Partitions should be a consecutive 0-based integer sequence.';
    return refuse(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  }
  return placement.accept(sorted.map(({ brokerIds }) => brokerIds));
}

function recordsOf(
  name: string,
  topicId: string,
  { configs, places }: { configs: ReadonlyMap<string, string>; places: readonly Place[] },
): MetadataRecord[] {
  const records: MetadataRecord[] = [record('topic', { name, topicId })];
  for (const [config, value] of configs) {
    records.push(record('config', { resourceType: RESOURCE_TYPE.topic, resourceName: name, name: config, value }));
  }
  for (const [partitionId, place] of places.entries()) records.push(newPartition(topicId, partitionId, place));
  return records;
}

/** The record of a new partition, led by the first replica that begins in sync. */
export function newPartition(
  topicId: string,
  partitionId: number,
  { replicas, directories, inSyncReplicas }: Place,
): MetadataRecord {
  return record('partition', {
    partitionId,
    topicId,
    replicas: [...replicas],
    isr: [...inSyncReplicas],
    directories: [...directories],
    leader: inSyncReplicas[0] ?? NO_LEADER,
    leaderEpoch: 0,
    partitionEpoch: 0,
  });
}
