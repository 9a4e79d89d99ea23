// 3 Metadata, versions 0–13. KIP-4, KIP-204, KIP-430 (authorized operations), KIP-516 (topic ids, v10; look-up by id, v12),
// KIP-1102 (v13). Any broker answers for the whole cluster. As in Kafka, the controller id is that of a live broker: each forwards.
// DIVERGES: a topic that is created because it was asked for is answered when it is ready, not with an error to try again.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { ZERO_UUID } from '../../../protocol/grammar.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import type { MetadataImage, TopicImage } from '../../metadata/image.ts';
import { isInternalTopic, OFFSETS_TOPIC, problemWithTopicName, TRANSACTIONS_TOPIC } from '../../metadata/topic-name.ts';
import type { Handler } from '../../rpc/handler.ts';
import { serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { endpointsOfAll, liveBrokers } from '../endpoints.ts';
import { ensureTopic } from '../internal-topics.ts';
import {
  type Asker,
  CLUSTER_OPERATIONS,
  describePartition,
  NOT_ASKED,
  TOPIC_OPERATIONS,
} from '../topic-description.ts';

type Request = RequestOf<typeof metadata>;
type Asked = NonNullable<Request['topics']>[number];
type TopicAnswer = NonNullable<ResponseInput<typeof metadata>['topics']>[number];

/** Versions 10 and 11 carry topic ids, but no broker ever answered by them. */
const FIRST_VERSION_BY_ID = 12;
const LISTENER_NOT_FOUND_SINCE_VERSION = 6;
/** What this client is to be shown of topics. */
interface Shown extends Asker {
  readonly operations: number;
}
const goesById = ({ name, topicId }: Asked): boolean => name === null || topicId !== ZERO_UUID;
/** The whole request is at fault: nothing is said of the cluster (KafkaApis.handleTopicMetadataRequest). */
const refused = (asked: readonly Asked[]): ResponseInput<typeof metadata> => ({
  brokers: [],
  topics: asked.map(({ name, topicId }) => ({ errorCode: ErrorCode.INVALID_REQUEST, name: name ?? '', topicId })),
});

export function metadataHandler(broker: Broker): Handler {
  return serve(metadata, (request, context) => {
    const answer = (topics: readonly TopicAnswer[]) => {
      const { image } = broker.controller;
      const brokers = endpointsOfAll(liveBrokers(image), context.connection);
      return {
        brokers,
        clusterId: image.clusterId,
        controllerId: brokers[0]?.nodeId ?? -1,
        topics,
        clusterAuthorizedOperations: request.includeClusterAuthorizedOperations ? CLUSTER_OPERATIONS : NOT_ASKED,
      };
    };
    const { image } = broker.controller;
    const shown = {
      operations: request.includeTopicAuthorizedOperations ? TOPIC_OPERATIONS : NOT_ASKED,
      listener: context.connection.listener,
      knowsListeners: context.apiVersion >= LISTENER_NOT_FOUND_SINCE_VERSION,
    };
    const asked = request.topics;
    // Version 0 has no null: an empty list asks for all topics.
    if (asked === null || (context.apiVersion === 0 && asked.length === 0)) {
      return answer([...image.topics.values()].map((topic) => describe(image, topic, shown)));
    }
    if (context.apiVersion < FIRST_VERSION_BY_ID && asked.some(goesById)) return refused(asked);
    const missing = topicsToCreate(broker, request, asked);
    if (missing.length === 0) return answer(describeAll(broker, asked, shown, NOTHING_FAILED));
    return createAll(broker, missing).then((failures) => answer(describeAll(broker, asked, shown, failures)));
  });
}

const NOTHING_FAILED: ReadonlyMap<string, ErrorCode> = new Map();

function topicsToCreate(broker: Broker, request: Request, asked: readonly Asked[]): string[] {
  if (!request.allowAutoTopicCreation || broker.setting('auto.create.topics.enable') !== 'true') return [];
  const names = new Set<string>();
  for (const { name } of asked) {
    if (name !== null && mayCreate(name) && !broker.controller.image.topics.has(name)) names.add(name);
  }
  return [...names];
}

/** Of the cluster's own topics only those of its coordinators are made on demand. */
function mayCreate(name: string): boolean {
  return (
    problemWithTopicName(name) === null &&
    (!isInternalTopic(name) || name === OFFSETS_TOPIC || name === TRANSACTIONS_TOPIC)
  );
}

async function createAll(broker: Broker, names: readonly string[]): Promise<ReadonlyMap<string, ErrorCode>> {
  const failures = new Map<string, ErrorCode>();
  await Promise.all(
    names.map(async (name) => {
      const code = await ensureTopic(broker, name);
      if (code !== ErrorCode.NONE) failures.set(name, code);
    }),
  );
  return failures;
}

function describeAll(
  broker: Broker,
  asked: readonly Asked[],
  shown: Shown,
  failures: ReadonlyMap<string, ErrorCode>,
): TopicAnswer[] {
  const { image } = broker.controller;
  const answers: TopicAnswer[] = [];
  const seen = new Set<string>();
  for (const one of asked) {
    const key = one.name ?? one.topicId;
    if (seen.has(key)) continue;
    seen.add(key);
    answers.push(describeOne(image, one, shown, failures));
  }
  return answers;
}

function describeOne(
  image: MetadataImage,
  asked: Asked,
  shown: Shown,
  failures: ReadonlyMap<string, ErrorCode>,
): TopicAnswer {
  const { name, topicId } = asked;
  if (name === null || topicId !== ZERO_UUID) {
    if (topicId === ZERO_UUID) return { errorCode: ErrorCode.INVALID_REQUEST, name: name ?? '', topicId };
    const topic = image.topicsById.get(topicId);
    if (topic === undefined) return { errorCode: ErrorCode.UNKNOWN_TOPIC_ID, name: null, topicId };
    return describe(image, topic, shown);
  }
  const topic = image.topics.get(name);
  if (topic !== undefined) return describe(image, topic, shown);
  const errorCode =
    problemWithTopicName(name) === null
      ? (failures.get(name) ?? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)
      : ErrorCode.INVALID_TOPIC_EXCEPTION;
  return { errorCode, name, isInternal: isInternalTopic(name) };
}

function describe(image: MetadataImage, topic: TopicImage, shown: Shown): TopicAnswer {
  return {
    errorCode: ErrorCode.NONE,
    name: topic.name,
    topicId: topic.topicId,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition) => describePartition(image, partition, shown)),
    topicAuthorizedOperations: shown.operations,
  };
}
