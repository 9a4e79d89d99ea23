// The schemas of everything a browser may send: every string, array and number bounded. Called by session.ts (messages,
// parameters) and calls.ts (arguments). They check shape and size only: what a topic may be called is the cluster's to say.
import { z } from 'zod';
import {
  type CallArgs,
  type CallName,
  type ChannelName,
  type Channels,
  type ClientMessage,
  MAP_LIMITS,
  QUOTA_KEYS,
  SCRAM_ITERATIONS,
  SCRAM_MECHANISMS,
  type StreamName,
  type Streams,
} from './contract.ts';

const maxTopicLength = 249;
/** Kafka's STRING holds an int16 length. */
const maxGroupIdLength = 32_767;
const maxPartition = 1_000_000;
const maxPartitionsListed = 10_000;
const maxConfigs = 200;
const maxPayloadLength = 1_000_000;

const whole = (min: number, max: number) => z.number().int().min(min).max(max);
const topicName = z.string().min(1).max(maxTopicLength);
const groupId = z.string().max(maxGroupIdLength);
const transactionalId = z.string().min(1).max(32_767);
const producerId = z.string().regex(/^\d{1,19}$/);
const partition = whole(0, maxPartition);
const offset = whole(0, Number.MAX_SAFE_INTEGER);
const timestampMs = whole(0, 8_640_000_000_000_000);
const partitions = z.array(partition).min(1).max(maxPartitionsListed).nullable();
const configName = z.string().min(1).max(249);
const configValue = z.string().max(32_767);
const query = z.string().max(249);
const windowOffset = whole(0, 100_000_000);
const windowLimit = whole(1, 200);
const contains = z.string().max(1_000);
const nothing = z.strictObject({});

const principal = z.string().min(1).max(1_000);
const quotaKey = z.enum(QUOTA_KEYS);
const quotaEntity = z
  .array(z.strictObject({ type: z.enum(['user', 'client-id', 'ip']), name: principal.nullable() }))
  .min(1)
  .max(2);
const scramMechanisms = z.array(z.enum(SCRAM_MECHANISMS)).min(1).max(SCRAM_MECHANISMS.length);

function atMost<T extends z.ZodType>(values: T, keys: z.ZodType<string, string>, count: number) {
  return z
    .record(keys, values)
    .refine((record) => Object.keys(record).length <= count, { message: `at most ${count} entries` });
}

export const channelSchemas = {
  overview: nothing,
  topics: z.strictObject({
    query,
    sort: z.enum(['name', 'partitions', 'records', 'size', 'rate']),
    descending: z.boolean(),
    includeInternal: z.boolean(),
    offset: windowOffset,
    limit: windowLimit,
  }),
  topic: z.strictObject({ name: topicName }),
  groups: z.strictObject({
    query,
    sort: z.enum(['name', 'lag', 'state', 'members']),
    descending: z.boolean(),
    offset: windowOffset,
    limit: windowLimit,
  }),
  group: z.strictObject({ groupId }),
  brokers: nothing,
  traffic: nothing,
  map: z.strictObject({ topics: z.array(topicName).max(MAP_LIMITS.topics) }),
  reassign: z.strictObject({
    query,
    state: z.enum(['waiting', 'moving', 'done', 'failed', 'cancelled']).nullable(),
    offset: windowOffset,
    limit: windowLimit,
  }),
  transactions: z.strictObject({
    query,
    state: z.string().min(1).max(30).nullable(),
    sort: z.enum(['id', 'state', 'producer', 'age', 'held']),
    descending: z.boolean(),
    offset: windowOffset,
    limit: windowLimit,
  }),
  transaction: z.strictObject({ transactionalId }),
  producers: z.strictObject({
    topic: topicName,
    partition: partition.nullable(),
    offset: windowOffset,
    limit: windowLimit,
  }),
  quotas: z.strictObject({
    query,
    kind: z.enum(['user', 'user-client', 'client', 'ip']).nullable(),
    sort: z.enum(['entity', ...QUOTA_KEYS]),
    descending: z.boolean(),
    id: z.string().min(1).max(10_000).nullable(),
    client: z
      .strictObject({ user: z.string().max(1_000), clientId: z.string().max(1_000), ip: z.string().max(100) })
      .nullable(),
    offset: windowOffset,
    limit: windowLimit,
  }),
  users: z.strictObject({
    query,
    descending: z.boolean(),
    name: principal.nullable(),
    offset: windowOffset,
    limit: windowLimit,
  }),
  lab: nothing,
} satisfies { [N in ChannelName]: z.ZodType<Channels[N]['params']> };

const browseStart = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('newest') }),
  z.strictObject({ from: z.literal('oldest') }),
  z.strictObject({ from: z.literal('offset'), offset }),
  z.strictObject({ from: z.literal('timestamp'), timestampMs }),
]);

export const streamSchemas = {
  browse: z.strictObject({
    topic: topicName,
    partitions,
    start: browseStart,
    contains,
    isCommittedOnly: z.boolean().optional(),
    limit: whole(1, 500),
    cursor: z
      .strictObject({
        direction: z.enum(['forward', 'backward']),
        offsets: atMost(offset, z.string().regex(/^\d{1,7}$/), maxPartitionsListed),
      })
      .nullable(),
  }),
  tail: z.strictObject({ topic: topicName, partitions, contains }),
} satisfies { [N in StreamName]: z.ZodType<Streams[N]['params']> };

const isBase64 = (data: string) => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(data);
const payload = z
  .strictObject({ encoding: z.enum(['utf8', 'base64']), data: z.string().max(maxPayloadLength) })
  .refine(({ encoding, data }) => encoding === 'utf8' || isBase64(data), { message: 'not valid base64' });

const resetStrategy = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('earliest') }),
  z.strictObject({ to: z.literal('latest') }),
  z.strictObject({ to: z.literal('offset'), offset }),
  z.strictObject({ to: z.literal('timestamp'), timestampMs }),
  z.strictObject({ to: z.literal('shift'), by: whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) }),
]);

const brokerId = whole(0, 2_147_483_647);
const planId = z.string().min(1).max(100);
const bytesPerSecond = whole(1_000, 1_000_000_000_000).nullable();
const reassignRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('spread') }),
  z.strictObject({ kind: z.literal('drain'), brokerId }),
  z.strictObject({ kind: z.literal('replicationFactor'), topic: topicName, replicationFactor: whole(1, 100) }),
  z.strictObject({
    kind: z.literal('byHand'),
    topic: topicName,
    partition,
    replicas: z.array(brokerId).min(1).max(100),
  }),
]);

const nodeId = whole(1, 100_000);
const oneNode = z.strictObject({ nodeId });
const durationSeconds = whole(1, 3_600);
const labDelayMs = whole(1, 60_000);
const linkFault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cut'), oneWay: z.boolean() }),
  z.strictObject({ kind: z.literal('delay'), delayMs: labDelayMs, oneWay: z.boolean() }),
]);
const faultAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('delay'), delayMs: labDelayMs }),
  z.strictObject({ kind: z.literal('error'), errorCode: whole(-1, 1_000) }),
  z.strictObject({ kind: z.literal('drop') }),
]);

export const callSchemas = {
  'topic.create': z.strictObject({
    name: z.string().max(maxTopicLength * 2),
    partitions: whole(1, 10_000),
    replicationFactor: whole(1, 100),
    configs: atMost(configValue, configName, maxConfigs),
  }),
  'topic.delete': z.strictObject({ name: topicName }),
  'topic.impact': z.strictObject({ name: topicName }),
  'topic.addPartitions': z.strictObject({ name: topicName, totalCount: whole(1, 10_000) }),
  'topic.configs': z.strictObject({ name: topicName }),
  'topic.alterConfigs': z.strictObject({
    name: topicName,
    changes: atMost(configValue.nullable(), configName, maxConfigs),
  }),
  'topic.deleteRecords': z.strictObject({
    name: topicName,
    before: z.array(z.strictObject({ partition, offset })).min(1).max(maxPartitionsListed),
  }),
  'record.produce': z.strictObject({
    topic: topicName,
    partition: partition.nullable(),
    key: payload.nullable(),
    value: payload.nullable(),
    headers: z.array(z.strictObject({ key: z.string().max(1_000), value: z.string().max(100_000) })).max(100),
    count: whole(1, 10_000),
  }),
  'record.get': z.strictObject({ topic: topicName, partition, offset, isWhole: z.boolean().optional() }),
  'group.previewReset': z.strictObject({ groupId, topic: topicName, partitions, strategy: resetStrategy }),
  'group.resetOffsets': z.strictObject({
    groupId,
    offsets: z
      .array(z.strictObject({ topic: topicName, partition, offset }))
      .min(1)
      .max(maxPartitionsListed),
  }),
  'group.delete': z.strictObject({ groupId }),
  'group.deleteOffsets': z.strictObject({ groupId, topic: topicName }),
  'broker.configs': z.strictObject({ brokerId }),
  search: z.strictObject({ query }),
  'traffic.startProducer': z.strictObject({
    topic: topicName,
    recordsPerSecond: whole(1, 100_000),
    recordBytes: whole(1, 1_000_000),
    keys: whole(0, 1_000_000),
    acks: z.union([z.literal(0), z.literal(1), z.literal(-1)]),
    durationSeconds,
  }),
  'traffic.startConsumer': z.strictObject({
    topic: topicName,
    groupId: groupId.min(1),
    members: whole(1, 16),
    recordsPerSecond: whole(0, 1_000_000),
    durationSeconds,
  }),
  'traffic.stop': z.strictObject({ id: z.string().min(1).max(100) }),
  'reassign.plan': z.strictObject({ request: reassignRequest }),
  'reassign.planMoves': z.strictObject({ planId, query, offset: windowOffset, limit: windowLimit }),
  'reassign.start': z.strictObject({ planId, throttleBytesPerSecond: bytesPerSecond }),
  'reassign.setThrottle': z.strictObject({ bytesPerSecond }),
  'reassign.cancel': nothing,
  'reassign.putAway': nothing,
  'reassign.removeThrottles': nothing,
  'transaction.abort': z.strictObject({ topic: topicName, partition, producerId, startOffset: offset }),
  'transaction.fence': z.strictObject({ transactionalId }),
  'topic.electAnyway': z.strictObject({ name: topicName, partitions: z.array(partition).min(1).max(1_000) }),
  'quota.alter': z.strictObject({
    entity: quotaEntity,
    limits: z.partialRecord(quotaKey, z.number().nullable()),
    expected: z.partialRecord(quotaKey, z.number()),
  }),
  'user.setPassword': z.strictObject({
    name: principal,
    mechanisms: scramMechanisms,
    iterations: whole(SCRAM_ITERATIONS.least, SCRAM_ITERATIONS.most),
    password: z.string().min(1).max(1_000),
    isNew: z.boolean(),
  }),
  'user.delete': z.strictObject({ name: principal, mechanisms: scramMechanisms }),
  'lab.stop': oneNode,
  'lab.kill': oneNode,
  'lab.start': oneNode,
  'lab.freeze': oneNode,
  'lab.thaw': oneNode,
  'lab.restart': oneNode,
  'lab.wipe': oneNode,
  'lab.addBroker': z.strictObject({ rack: z.string().min(1).max(64).nullable() }),
  'lab.removeBroker': oneNode,
  'lab.setLink': z.strictObject({ from: nodeId, to: nodeId, fault: linkFault.nullable() }),
  'lab.slowDisk': z.strictObject({
    nodeId,
    disk: z.strictObject({ appendMs: whole(0, 1_000), flushMs: whole(0, 10_000) }).nullable(),
  }),
  'lab.addFault': z.strictObject({
    clientId: z.string().min(1).max(249),
    api: z.string().min(1).max(100).nullable(),
    topic: z.string().min(1).max(249).nullable(),
    action: faultAction,
    times: whole(1, 1_000_000).nullable(),
    durationSeconds,
  }),
  'lab.endFault': z.strictObject({ id: whole(1, Number.MAX_SAFE_INTEGER) }),
  'lab.endAllFaults': nothing,
  'lab.rollingRestart': nothing,
  'lab.cancel': nothing,
} satisfies { [N in CallName]: z.ZodType<CallArgs<N>> };

const id = whole(0, Number.MAX_SAFE_INTEGER);
const slug = z.string().min(1).max(100);
const name = z.string().min(1).max(100);

/** The envelope: names are checked against the tables afterwards, so that an unknown one gets an error of its own. */
export const envelopeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('subscribe'), id, cluster: slug, channel: name, params: z.unknown() }),
  z.strictObject({ type: z.literal('unsubscribe'), id }),
  z.strictObject({ type: z.literal('call'), id, cluster: slug, name, args: z.unknown() }),
  z.strictObject({ type: z.literal('ack'), seq: id }),
]);
export type Envelope = z.infer<typeof envelopeSchema>;

/** Compile-time proof that everything the contract lets a browser send fits the envelope. */
export type EnvelopeTakesTheContract = ClientMessage extends Envelope ? true : never;
export const envelopeTakesTheContract: EnvelopeTakesTheContract = true;

/** "limit: Too big…; name: …": at most three findings, as one line fit for a person. */
export function describeFindings(error: z.ZodError): string {
  const findings = error.issues.slice(0, 3).map(({ path, message }) => {
    const place = path.map(String).join('.');
    return place === '' ? message : `${place}: ${message}`;
  });
  const more = error.issues.length - findings.length;
  return `${findings.join('; ').slice(0, 500)}${more > 0 ? `; and ${more} more` : ''}`;
}
