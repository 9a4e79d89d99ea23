// Brings topics into being that nobody created by hand: those a producer or consumer names first, and the cluster's own. One
// request per topic at a time, however many clients ask; answers once the topic can be used.
import { ErrorCode } from '../../protocol/errors.ts';
import { createTopics } from '../../protocol/schema/19-create-topics.ts';
import { OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../metadata/topic-name.ts';
import type { Broker } from './broker.ts';
import { LinkError } from './link/controller-link.ts';

const CREATE_TIMEOUT_MS = 5000;
/** Creations under way in one broker; more are refused for the moment. */
const MAX_IN_FLIGHT = 1000;

const inFlight = new WeakMap<Broker, Map<string, Promise<ErrorCode>>>();

/** NONE when the topic is there, COORDINATOR_NOT_AVAILABLE when it could not be made (clients try again). */
export function ensureOffsetsTopic(broker: Broker): Promise<ErrorCode> {
  return ensureCoordinatorTopic(broker, OFFSETS_TOPIC);
}
/** The same for __transaction_state. */
export function ensureTransactionsTopic(broker: Broker): Promise<ErrorCode> {
  return ensureCoordinatorTopic(broker, TRANSACTIONS_TOPIC);
}
async function ensureCoordinatorTopic(broker: Broker, topic: string): Promise<ErrorCode> {
  const code = await ensureTopic(broker, topic);
  return code === ErrorCode.NONE ? code : ErrorCode.COORDINATOR_NOT_AVAILABLE;
}

/** NONE when the topic is in the image, LEADER_NOT_AVAILABLE when it will be soon, or why the controller refused it. */
export function ensureTopic(broker: Broker, name: string): Promise<ErrorCode> {
  if (broker.controller.image.topics.has(name)) return Promise.resolve(ErrorCode.NONE);
  let creations = inFlight.get(broker);
  if (creations === undefined) {
    creations = new Map();
    inFlight.set(broker, creations);
  }
  const running = creations.get(name);
  if (running !== undefined) return running;
  if (creations.size >= MAX_IN_FLIGHT) return Promise.resolve(ErrorCode.LEADER_NOT_AVAILABLE);
  const started = create(broker, name).finally(() => creations.delete(name));
  creations.set(name, started);
  return started;
}

async function create(broker: Broker, name: string): Promise<ErrorCode> {
  try {
    const answer = await broker.controller.forward(
      createTopics,
      { topics: [topicToCreate(broker, name)], timeoutMs: CREATE_TIMEOUT_MS },
      CREATE_TIMEOUT_MS,
    );
    const code = (answer.topics[0]?.errorCode ?? ErrorCode.UNKNOWN_SERVER_ERROR) as ErrorCode;
    if (broker.controller.image.topics.has(name)) return ErrorCode.NONE;
    const comesSoon = code === ErrorCode.NONE || code === ErrorCode.TOPIC_ALREADY_EXISTS;
    return comesSoon || code === ErrorCode.REQUEST_TIMED_OUT ? ErrorCode.LEADER_NOT_AVAILABLE : code;
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return ErrorCode.LEADER_NOT_AVAILABLE;
  }
}

function topicToCreate(broker: Broker, name: string) {
  // The controller knows its settings.
  if (name !== OFFSETS_TOPIC) return { name, numPartitions: -1, replicationFactor: -1 };
  return {
    name,
    numPartitions: Number(broker.setting('offsets.topic.num.partitions')),
    replicationFactor: Number(broker.setting('offsets.topic.replication.factor')),
    configs: [
      { name: 'cleanup.policy', value: 'compact' },
      { name: 'compression.type', value: 'producer' },
      { name: 'segment.bytes', value: broker.setting('offsets.topic.segment.bytes') },
    ],
  };
}
