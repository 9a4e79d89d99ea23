// IncrementalAlterConfigs and the older AlterConfigs, which replaces the whole set (ConfigurationControlManager). Each resource
// succeeds or fails alone, and as a whole.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { alterConfigs } from '../../../protocol/schema/33-alter-configs.ts';
import type { incrementalAlterConfigs } from '../../../protocol/schema/44-incremental-alter-configs.ts';
import { type ControllerView, type Decision, duplicatesOf, isRefusal, type Refusal, refuse } from '../decision.ts';
import type { ConfigResource } from '../image.ts';
import { type MetadataRecord, record } from '../record.ts';
import { listOf } from '../settings/setting.ts';
import {
  brokerSetting,
  describeNewTopicSettings,
  settingsOf,
  validateBrokerConfigs,
  validateGroupConfigs,
  validateTopicConfigs,
} from '../settings.ts';
import { resourceOf } from '../state.ts';
import { problemWithTopicName } from '../topic-name.ts';
import { activeBrokers, Elections } from './partitions/partition-change.ts';

type IncrementalRequest = RequestOf<typeof incrementalAlterConfigs>;
type LegacyRequest = RequestOf<typeof alterConfigs>;
type Reply = ResponseInput<typeof incrementalAlterConfigs>;
type Operation = IncrementalRequest['resources'][number]['configs'][number];

export const OPERATION = { set: 0, delete: 1, append: 2, subtract: 3 } as const;

interface Alteration {
  readonly resourceType: number;
  readonly resourceName: string;
  /** Names given, for the check for duplicates. */
  readonly names: readonly string[];
  /** The set the resource is to have. */
  target(current: ReadonlyMap<string, string>, resource: ConfigResource): Map<string, string> | Refusal;
}

export function decideIncrementalAlterConfigs(view: ControllerView, request: IncrementalRequest): Decision<Reply> {
  const alterations = request.resources.map(({ resourceType, resourceName, configs }) => ({
    resourceType,
    resourceName,
    names: configs.map(({ name }) => name),
    target: (current: ReadonlyMap<string, string>, resource: ConfigResource) =>
      applyOperations(view, configs, { current, resource }),
  }));
  return decide(view, alterations, request.validateOnly);
}

export function decideAlterConfigs(view: ControllerView, request: LegacyRequest): Decision<Reply> {
  const alterations = request.resources.map(({ resourceType, resourceName, configs }) => ({
    resourceType,
    resourceName,
    names: configs.map(({ name }) => name),
    target: () => replacement(configs),
  }));
  return decide(view, alterations, request.validateOnly);
}

function decide(view: ControllerView, alterations: readonly Alteration[], isDryRun: boolean): Decision<Reply> {
  const keyOf = ({ resourceType, resourceName }: Alteration) => `${resourceType}/${resourceName}`;
  const twice = duplicatesOf(alterations.map(keyOf));
  const records: MetadataRecord[] = [];
  const responses: NonNullable<Reply['responses']>[number][] = [];
  const answered = new Set<string>();
  for (const alteration of alterations) {
    const { resourceType, resourceName } = alteration;
    const key = keyOf(alteration);
    if (answered.has(key)) continue;
    answered.add(key);
    const changes = twice.has(key) ? TWICE : alter(view, alteration);
    if (isRefusal(changes)) {
      responses.push({ ...changes, resourceType, resourceName });
      continue;
    }
    if (!isDryRun) records.push(...changes);
    responses.push({ errorCode: ErrorCode.NONE, errorMessage: null, resourceType, resourceName });
  }
  records.push(...lostEligibility(view, records));
  return { records, reply: { responses } };
}

const MIN_IN_SYNC = 'min.insync.replicas';

/**
 * With fewer replicas needed in sync a leader may commit what those that were eligible to lead lack, so that they are no longer
 * (ConfigurationControlManager.maybeGenerateElrSafetyRecords). `records` are the settings about to change.
 */
function* lostEligibility(view: ControllerView, records: readonly MetadataRecord[]): Generator<MetadataRecord> {
  const byTopic = new Map<string, string | null>();
  let forAll = view.state.configs('broker', '').get(MIN_IN_SYNC) ?? null;
  let isChanged = false;
  for (const { kind, body } of records) {
    if (kind !== 'config' || body.name !== MIN_IN_SYNC) continue;
    isChanged = true;
    if (resourceOf(body.resourceType) === 'topic') byTopic.set(body.resourceName, body.value);
    else forAll = body.value;
  }
  if (!isChanged) return;
  const elections = new Elections(view, activeBrokers(view), (topic) => {
    const given = byTopic.has(topic) ? byTopic.get(topic) : view.state.configs('topic', topic).get(MIN_IN_SYNC);
    return Number(given ?? forAll ?? view.settings.settings[MIN_IN_SYNC] ?? 1);
  });
  for (const topic of view.state.topics.values()) {
    for (const partition of topic.partitions) {
      if (partition.eligibleLeaderReplicas.length === 0) continue;
      const change = elections.change(topic, partition);
      if (change !== null) yield change.record;
    }
  }
}

const TWICE = refuse(ErrorCode.INVALID_REQUEST, 'Each resource must appear at most once.');

function alter(view: ControllerView, alteration: Alteration): MetadataRecord[] | Refusal {
  const { resourceType, resourceName } = alteration;
  const resource = resourceOf(resourceType);
  if (resource === null) {
    return refuse(ErrorCode.INVALID_REQUEST, `Settings of resource type ${resourceType} are not available.`);
  }
  const misnamed = problemWithResource(view, resource, resourceName);
  if (misnamed !== null) return misnamed;
  if (duplicatesOf(alteration.names).size > 0) {
    return refuse(ErrorCode.INVALID_REQUEST, 'Error due to duplicate config keys');
  }
  const current = view.state.configs(resource, resourceName);
  const target = alteration.target(current, resource);
  if (isRefusal(target)) return target;
  const problem =
    resource === 'group'
      ? problemWithGroup(view, target)
      : problemWithTarget(resource, { resourceName, current, target });
  return problem ?? differences(resourceType, resourceName, { current, target });
}

function problemWithResource(view: ControllerView, resource: ConfigResource, name: string): Refusal | null {
  switch (resource) {
    case 'topic':
      if (name === '') return refuse(ErrorCode.INVALID_REQUEST, 'Default topic resources are not allowed.');
      if (view.state.topics.has(name)) return null;
      if (problemWithTopicName(name) !== null) {
        return refuse(ErrorCode.INVALID_TOPIC_EXCEPTION, `"${name}" cannot be the name of a topic.`);
      }
      return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The topic '${name}' does not exist.`);
    case 'broker':
      if (name === '' || view.state.brokers.has(Number(name))) return null;
      return refuse(
        ErrorCode.INVALID_REQUEST,
        `There is no broker ${name}; an empty name means all brokers of the cluster.`,
      );
    case 'group':
      return name === '' ? refuse(ErrorCode.INVALID_REQUEST, 'Default group resources are not allowed.') : null;
  }
}

/** Bounds are broker settings (group.consumer.*), as the whole cluster has them. */
function problemWithGroup(view: ControllerView, target: ReadonlyMap<string, string>): Refusal | null {
  const problem = validateGroupConfigs(target, (name) => Number(brokerSetting(view.state, view.settings, name)));
  return problem === null ? null : refuse(ErrorCode.INVALID_CONFIG, problem);
}

/** Only what changes is judged where a rule is about changing; the topic's whole set must be sound. */
function problemWithTarget(
  resource: ConfigResource,
  o: { resourceName: string; current: ReadonlyMap<string, string>; target: ReadonlyMap<string, string> },
): Refusal | null {
  const { resourceName, current, target } = o;
  if (resource === 'topic') {
    const problem = validateTopicConfigs(target);
    return problem === null ? null : refuse(ErrorCode.INVALID_CONFIG, problem);
  }
  const changed = [...target].filter(([name, value]) => current.get(name) !== value);
  if (resourceName !== '' && target.get(MIN_IN_SYNC) !== current.get(MIN_IN_SYNC)) {
    // Who is eligible to lead depends on it, and a leader elsewhere would go by another number.
    return refuse(ErrorCode.INVALID_CONFIG, `Broker-level ${MIN_IN_SYNC} cannot be altered: set it for all brokers.`);
  }
  const problem = validateBrokerConfigs(changed, true);
  // The code is Kafka's (ConfigAdminManager.validateBrokerConfigChange).
  return problem === null ? null : refuse(ErrorCode.INVALID_REQUEST, problem);
}

function differences(
  resourceType: number,
  resourceName: string,
  { current, target }: { current: ReadonlyMap<string, string>; target: ReadonlyMap<string, string> },
): MetadataRecord[] {
  const records: MetadataRecord[] = [];
  const write = (name: string, value: string | null) =>
    records.push(record('config', { resourceType, resourceName, name, value }));
  for (const name of current.keys()) if (!target.has(name)) write(name, null);
  for (const [name, value] of target) if (current.get(name) !== value) write(name, value);
  return records;
}

function replacement(configs: readonly { name: string; value: string | null }[]): Map<string, string> | Refusal {
  const target = new Map<string, string>();
  for (const { name, value } of configs) {
    if (value === null) return refuse(ErrorCode.INVALID_REQUEST, `Null value not supported for : ${name}`);
    target.set(name, value);
  }
  return target;
}

function applyOperations(
  view: ControllerView,
  operations: readonly Operation[],
  { current, resource }: { current: ReadonlyMap<string, string>; resource: ConfigResource },
): Map<string, string> | Refusal {
  const target = new Map(current);
  for (const { name, configOperation, value } of operations) {
    if (configOperation === OPERATION.delete) {
      target.delete(name);
      continue;
    }
    if (value === null) return refuse(ErrorCode.INVALID_REQUEST, `Null value not supported for : ${name}`);
    if (configOperation === OPERATION.set) {
      target.set(name, value);
      continue;
    }
    if (configOperation !== OPERATION.append && configOperation !== OPERATION.subtract) {
      return refuse(ErrorCode.INVALID_REQUEST, `Unknown operation type ${configOperation}.`);
    }
    const verb = configOperation === OPERATION.append ? 'APPEND' : 'SUBTRACT';
    const setting = settingsOf(resource).get(name);
    if (setting === undefined) return refuse(ErrorCode.INVALID_CONFIG, `Unknown ${resource} config name: ${name}`);
    if (setting.type !== 'list') {
      return refuse(ErrorCode.INVALID_CONFIG, `Can't ${verb} to key ${name} because its type is not LIST.`);
    }
    target.set(name, withElements(currentList(view, name, { current, resource }), listOf(value), verb).join(','));
  }
  return target;
}

function currentList(
  view: ControllerView,
  name: string,
  { current, resource }: { current: ReadonlyMap<string, string>; resource: ConfigResource },
): string[] {
  const own = current.get(name);
  if (own !== undefined) return listOf(own);
  if (resource !== 'topic') return listOf(settingsOf(resource).get(name)?.fallback ?? '');
  const inForce = describeNewTopicSettings(view.state, view.settings, current).find(
    ({ setting }) => setting.name === name,
  );
  return listOf(inForce?.value ?? '');
}

function withElements(before: readonly string[], given: readonly string[], verb: 'APPEND' | 'SUBTRACT'): string[] {
  if (verb === 'APPEND') return [...new Set([...before, ...given])];
  return before.filter((element) => !given.includes(element));
}
