// Making a topic. Who stands on the client needs it as well as who clicks: each checks first, so that a refusal says how to mend
// it. Called through KafkaClient.createTopic.
import { CREATE_TOPICS } from './apis.ts';
import type { Asking } from './asking/asking.ts';
import { askController } from './asking/controller.ts';
import { invalidArgument, kafkaError, throwIfError } from './errors.ts';
import type { ClusterMetadata } from './metadata.ts';

const TIMEOUT_MS = 20_000;
export const MAX_PARTITIONS = 100_000;
/** In place of a replication factor: what the cluster is set to (default.replication.factor). */
export const BROKER_DEFAULT = -1;
const TOPIC_NAME = /^[a-zA-Z0-9._-]{1,249}$/;
const INVALID_REPLICATION_FACTOR = 38;
const CATCH_UP_MS = 2_000;
const CATCH_UP_PAUSE_MS = 50;

export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** The metadata knows the topic when it resolves, unless brokers take long to hear of it. @throws ClusterError INVALID_ARGUMENT, or Kafka's */
export async function createTopic(asking: Asking, topic: NewTopic): Promise<void> {
  const { metadata } = asking;
  const { name, partitions, replicationFactor, configs } = topic;
  if (!TOPIC_NAME.test(name) || name === '.' || name === '..') {
    throw invalidArgument(`"${name}" is no topic name: use 1 to 249 letters, digits, ".", "_" and "-".`);
  }
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MAX_PARTITIONS) {
    throw invalidArgument(`partitions is ${partitions}: choose 1 to ${MAX_PARTITIONS}.`);
  }
  await metadata.fresh(2_000);
  const brokers = metadata.brokers.size;
  if (replicationFactor !== BROKER_DEFAULT && (!Number.isInteger(replicationFactor) || replicationFactor < 1)) {
    throw invalidArgument(`The replication factor is ${replicationFactor}: choose at least 1.`);
  }
  if (replicationFactor > brokers) {
    throw kafkaError(
      INVALID_REPLICATION_FACTOR,
      `Creating ${name} failed`,
      `${replicationFactor} replicas need as many brokers, and ${brokers} ${brokers === 1 ? 'is' : 'are'} up`,
    );
  }
  const answer = await askController(
    asking,
    CREATE_TOPICS,
    [
      {
        name,
        numPartitions: partitions,
        replicationFactor,
        assignments: [],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      },
    ],
    TIMEOUT_MS,
    false,
  );
  const result = answer.topics[0];
  throwIfError(result?.errorCode ?? -1, `Creating ${name} failed`, result?.errorMessage ?? null);
  await untilKnown(metadata, name);
}

/** The broker that is asked may hear of the topic a moment after the controller has answered for it. */
async function untilKnown(metadata: ClusterMetadata, name: string): Promise<void> {
  const untilMs = Date.now() + CATCH_UP_MS;
  for (;;) {
    await metadata.refresh();
    if (metadata.topics.has(name) || Date.now() > untilMs) return;
    await new Promise((resolve) => setTimeout(resolve, CATCH_UP_PAUSE_MS));
  }
}
