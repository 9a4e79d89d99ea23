// The live map: what is drawn, and what is left out.
import { z } from 'zod';
import { channel, type Shape, subject } from './declare.ts';
import { topicName } from './inputs.ts';
import { MAP_LIMITS } from './limits.ts';
import { flag, HealthLevel, int, real, Sampled, text } from './parts.ts';

export const MapParams = z.strictObject({
  /** Chosen topics, at most MAP_LIMITS.topics; none: those with most traffic. */
  topics: z.array(topicName).max(MAP_LIMITS.topics),
});
export type MapParams = Shape<typeof MapParams>;

export const MapTopic = z.strictObject({
  name: text,
  isInternal: flag,
  /** All of its partitions; `drawn` of them, from 0 on, are in the view. */
  partitions: int,
  drawn: int,
  /** Of those that are not drawn. */
  restLeaderless: int,
  restUnderReplicated: int,
  inRecordsPerSecond: real.nullable(),
});
export type MapTopic = Shape<typeof MapTopic>;

export const MapPartition = z.strictObject({
  topic: text,
  partition: int,
  leader: int.nullable(),
  leaderEpoch: int.nullable(),
  replicas: z.array(int),
  inSyncReplicas: z.array(int),
  endOffset: int.nullable(),
  inRecordsPerSecond: real.nullable(),
  /** For each of `replicas`: records its log lacks of the leader's; null when one of the two did not tell. */
  behindRecords: z.array(int.nullable()),
  /** For each of `replicas`: when it was seen to leave those in sync; null when it is in sync or left unseen. */
  outSinceMs: z.array(int.nullable()),
});
export type MapPartition = Shape<typeof MapPartition>;

export const MapBroker = z.strictObject({
  id: int,
  address: text,
  rack: text.nullable(),
  isUp: flag,
  /** Of the whole cluster, not of what is drawn. */
  leaders: int,
  replicas: int,
  inRecordsPerSecond: real.nullable(),
});
export type MapBroker = Shape<typeof MapBroker>;

export const MapGroup = z.strictObject({
  groupId: text,
  state: text,
  /** At most MAP_LIMITS.members of memberCount. */
  members: z.array(z.strictObject({ memberId: text, clientId: text, host: text })),
  memberCount: int.nullable(),
  /** Of the whole group. */
  totalLag: int.nullable(),
  outRecordsPerSecond: real.nullable(),
  /** Drawn partitions that it reads or has committed to. */
  partitions: z.array(
    z.strictObject({
      topic: text,
      partition: int,
      memberId: text.nullable(),
      lag: int.nullable(),
      outRecordsPerSecond: real.nullable(),
    }),
  ),
});
export type MapGroup = Shape<typeof MapGroup>;

export const MapProducer = z.strictObject({
  key: text,
  /** The client's id, or "producer id 4001" where only that is known. */
  name: text,
  /** What Kafka or the broker knows beside the name: "kafkajs 2.2.4", "epoch 0". */
  note: text,
  brokers: z.array(int),
  /** Drawn topics that it wrote to. */
  topics: z.array(text),
  /** To all topics together; null: not known. */
  recordsPerSecond: real.nullable(),
});
export type MapProducer = Shape<typeof MapProducer>;

export const MapProducers = z.strictObject({
  /** 'connections': from the brokers of this process. 'ids': producer ids that Kafka serves (DescribeProducers). 'unknown': it does not tell. */
  source: z.enum(['connections', 'ids', 'unknown']),
  /** At most MAP_LIMITS.producers of `total`. */
  rows: z.array(MapProducer),
  total: int,
});
export type MapProducers = Shape<typeof MapProducers>;

export const MapEventKind = z.enum(['broker', 'leader', 'inSync', 'group', 'topic']);
export type MapEventKind = Shape<typeof MapEventKind>;
export const MapEvent = z.strictObject({
  /** Rises by one. */
  id: int,
  atMs: int,
  kind: MapEventKind,
  level: HealthLevel,
  /** "Broker 1 now leads orders-0, which broker 2 led." */
  sentence: text,
});
export type MapEvent = Shape<typeof MapEvent>;

export const MapView = z.strictObject({
  ...Sampled.shape,
  /** In the whole cluster. */
  topicCount: int,
  partitionCount: int,
  brokerCount: int,
  /** Groups that read drawn topics; null while they are being read. */
  groupCount: int.nullable(),
  /** Chosen topics that do not exist. */
  missingTopics: z.array(text),
  topics: z.array(MapTopic),
  partitions: z.array(MapPartition),
  brokers: z.array(MapBroker),
  groups: z.array(MapGroup),
  producers: MapProducers,
  /** Newest last, at most MAP_LIMITS.events. */
  events: z.array(MapEvent),
});
export type MapView = Shape<typeof MapView>;

export const map = subject({
  channels: {
    map: channel({
      params: MapParams,
      data: MapView,
      says: 'Shows how records flow: producers, partitions on their brokers, replicas that lag, and groups.',
    }),
  },
  streams: {},
  calls: {},
});
