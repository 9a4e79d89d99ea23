// Replication throttles (KIP-73): a rate on each broker concerned, and per topic the replicas it counts for. Set while a
// reassignment runs and removed after it; what was left behind by others, or by a dashboard that ended, is found here.
import {
  ConfigResourceTypes,
  DESCRIBE_CONFIGS,
  INCREMENTAL_ALTER_CONFIGS,
  IncrementalAlterConfigOperationTypes,
} from '../../../client/apis.ts';
import type { ClusterError } from '../../../client/errors.ts';
import { kafkaError, throwIfError } from '../../../client/errors.ts';
import { byTopic, type Place } from '../../../client/places.ts';
import type { GatewayContext } from '../../context.ts';

const RATES = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate'] as const;
const REPLICAS = ['leader.replication.throttled.replicas', 'follower.replication.throttled.replicas'] as const;
/** Topics in one request. */
const TOPICS_AT_ONCE = 500;
const DYNAMIC = { topic: 1, broker: 2 } as const;

export interface ThrottledMove extends Place {
  readonly from: readonly number[];
  readonly adding: readonly number[];
}

export interface FoundThrottles {
  readonly brokers: readonly { readonly id: number; readonly bytesPerSecond: number | null }[];
  readonly topics: readonly string[];
}

/** "0:1,0:2,3:1": Kafka's list of partition:broker. Sources of the copies for leaders, new replicas for followers. */
export function throttledReplicas(moves: readonly ThrottledMove[]): ReadonlyMap<string, readonly [string, string]> {
  const lists = new Map<string, readonly [string, string]>();
  for (const [topic, ofTopic] of byTopic(moves)) {
    const copied = ofTopic.filter(({ adding }) => adding.length > 0);
    if (copied.length === 0) continue;
    const list = (idsOf: (move: ThrottledMove) => readonly number[]) =>
      copied.flatMap((move) => idsOf(move).map((id) => `${move.partition}:${id}`)).join(',');
    lists.set(topic, [list(({ from }) => from), list(({ adding }) => adding)]);
  }
  return lists;
}

/**
 * Sets (or with null removes) the rate on brokers. Each broker is asked itself, as Apache Kafka wants it.
 * @throws ClusterError of the first broker that refuses; those after it are still asked
 */
export async function setRates(
  context: GatewayContext,
  brokerIds: readonly number[],
  bytesPerSecond: number | null,
): Promise<void> {
  const outcomes = await Promise.allSettled(
    brokerIds.map(async (id) => {
      const resource = {
        resourceType: ConfigResourceTypes.BROKER,
        resourceName: String(id),
        configs: RATES.map((name) => operation(name, bytesPerSecond === null ? null : String(bytesPerSecond))),
      };
      const node = context.client.broker(id);
      const answer = await context.connections.request(node, 'admin', INCREMENTAL_ALTER_CONFIGS, [resource], false);
      const result = answer.responses[0];
      throwIfError(result?.errorCode ?? -1, `Throttling broker ${id} failed`, result?.errorMessage ?? null);
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

/** @throws ClusterError of the first topic that refuses; a topic that is gone is no error when its list is removed */
export async function setTopicLists(
  context: GatewayContext,
  lists: ReadonlyMap<string, readonly [string, string] | null>,
): Promise<void> {
  const all = [...lists];
  let failure: ClusterError | null = null;
  for (let start = 0; start < all.length; start += TOPICS_AT_ONCE) {
    const resources = all.slice(start, start + TOPICS_AT_ONCE).map(([topic, list]) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName: topic,
      configs: REPLICAS.map((name, index) => operation(name, list?.[index] ?? null)),
    }));
    const answer = await context.client.askController(INCREMENTAL_ALTER_CONFIGS, resources, false);
    for (const { errorCode, errorMessage, resourceName } of answer.responses) {
      const isGone = errorCode === UNKNOWN_TOPIC && lists.get(resourceName) === null;
      if (errorCode === 0 || isGone) continue;
      failure ??= kafkaError(errorCode, `Throttling ${resourceName} failed`, errorMessage ?? null);
    }
  }
  if (failure !== null) throw failure;
}

const UNKNOWN_TOPIC = 3;

/** Throttles set now, on brokers that are up and on topics. @throws ClusterError when a broker does not answer */
export async function findThrottles(context: GatewayContext): Promise<FoundThrottles> {
  const brokers = await Promise.all([...context.metadata.brokers.keys()].map((id) => rateOf(context, id)));
  const names = [...context.metadata.topics.keys()];
  const topics: string[] = [];
  for (let start = 0; start < names.length; start += TOPICS_AT_ONCE) {
    const resources = names.slice(start, start + TOPICS_AT_ONCE).map((resourceName) => ({
      resourceType: ConfigResourceTypes.TOPIC,
      resourceName,
      configurationKeys: [...REPLICAS],
    }));
    const broker = context.metadata.anyBroker();
    const answer = await context.connections.request(broker, 'admin', DESCRIBE_CONFIGS, resources, false, false);
    for (const { resourceName, configs } of answer.results) {
      if (configs.some(({ configSource, value }) => configSource === DYNAMIC.topic && value)) topics.push(resourceName);
    }
  }
  return { brokers: brokers.filter((broker) => broker !== null), topics };
}

async function rateOf(context: GatewayContext, id: number) {
  const resource = {
    resourceType: ConfigResourceTypes.BROKER,
    resourceName: String(id),
    configurationKeys: [...RATES],
  };
  const node = context.client.broker(id);
  const answer = await context.connections.request(node, 'admin', DESCRIBE_CONFIGS, [resource], false, false);
  const set = answer.results[0]?.configs.find(({ configSource, value }) => configSource === DYNAMIC.broker && value);
  if (set === undefined) return null;
  const bytesPerSecond = Number(set.value);
  return { id, bytesPerSecond: Number.isSafeInteger(bytesPerSecond) ? bytesPerSecond : null };
}

function operation(name: string, value: string | null) {
  return value === null
    ? { name, configOperation: IncrementalAlterConfigOperationTypes.DELETE }
    : { name, configOperation: IncrementalAlterConfigOperationTypes.SET, value };
}
