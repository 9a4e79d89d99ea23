// Which requests a fault rule of the lab may name, and how each answers with an error it did not come to by itself. Pure. Used by
// request-faults.ts, and by cluster.ts to refuse rules that cannot be carried out. ApiVersions is not here: it is never touched.
import { ErrorCode, errorName } from '../../../protocol/errors.ts';
import type { FaultOrder } from '../../lab.ts';

/** A message as the codecs give and take it; which fields are there is what the tables below say. */
export type Message = { readonly [field: string]: unknown };

/**
 * How an error gets into an answer.
 * top: one error for the request, which is not carried out.
 * split: one for each topic (and partition); what names other topics is carried out.
 * after: the request only reads, so its answer is changed afterwards.
 * null: the answer has no place for it.
 */
export type Carrier =
  | { readonly kind: 'top' }
  | { readonly kind: 'split'; readonly request: string; readonly response: string; readonly parts: Parts | null }
  | {
      readonly kind: 'after';
      readonly change: (topic: Message, errorCode: number) => Message;
      readonly response: string;
    }
  | { readonly kind: 'coordinators' }
  | { readonly kind: 'groups' }
  | null;
/** Names of the list of partitions and of their number, asked and answered. */
interface Parts {
  readonly asked: string;
  readonly askedIndex: string;
  readonly answered: string;
  readonly answeredIndex: string;
}

export interface FaultyApi {
  readonly key: number;
  readonly name: string;
  readonly namesTopics: boolean;
  readonly carrier: Carrier;
}

const TOP: Carrier = { kind: 'top' };
const listOf = (value: unknown): readonly Message[] => (Array.isArray(value) ? (value as readonly Message[]) : []);
const eachPartition =
  (change: (partition: Message, errorCode: number) => Message) => (topic: Message, errorCode: number) => ({
    ...topic,
    partitions: listOf(topic.partitions).map((partition) => change(partition, errorCode)),
  });
const offsets: Parts = {
  asked: 'partitions',
  askedIndex: 'partitionIndex',
  answered: 'partitions',
  answeredIndex: 'partitionIndex',
};

const row = (key: number, name: string, namesTopics: boolean, carrier: Carrier): FaultyApi => ({
  key,
  name,
  namesTopics,
  carrier,
});

/** By API key. */
export const faultyApis: readonly FaultyApi[] = [
  row(0, 'Produce', true, {
    kind: 'split',
    request: 'topicData',
    response: 'responses',
    parts: { asked: 'partitionData', askedIndex: 'index', answered: 'partitionResponses', answeredIndex: 'index' },
  }),
  row(1, 'Fetch', true, {
    kind: 'after',
    response: 'responses',
    change: eachPartition(({ partitionIndex }, errorCode) => ({
      partitionIndex,
      errorCode,
      highWatermark: -1,
      records: Buffer.alloc(0),
    })),
  }),
  row(2, 'ListOffsets', true, {
    kind: 'after',
    response: 'topics',
    change: eachPartition(({ partitionIndex }, errorCode) => ({ partitionIndex, errorCode })),
  }),
  row(3, 'Metadata', true, {
    kind: 'after',
    response: 'topics',
    change: ({ name, topicId, isInternal }, errorCode) => ({ name, topicId, isInternal, errorCode, partitions: [] }),
  }),
  row(8, 'OffsetCommit', true, { kind: 'split', request: 'topics', response: 'topics', parts: offsets }),
  row(9, 'OffsetFetch', true, { kind: 'groups' }),
  row(10, 'FindCoordinator', false, { kind: 'coordinators' }),
  row(11, 'JoinGroup', false, TOP),
  row(12, 'Heartbeat', false, TOP),
  row(13, 'LeaveGroup', false, TOP),
  row(14, 'SyncGroup', false, TOP),
  row(15, 'DescribeGroups', false, null),
  row(16, 'ListGroups', false, TOP),
  row(19, 'CreateTopics', true, { kind: 'split', request: 'topics', response: 'topics', parts: null }),
  row(20, 'DeleteTopics', true, null),
  row(21, 'DeleteRecords', true, { kind: 'split', request: 'topics', response: 'topics', parts: offsets }),
  row(22, 'InitProducerId', false, TOP),
  row(23, 'OffsetForLeaderEpoch', true, null),
  row(24, 'AddPartitionsToTxn', false, null),
  row(25, 'AddOffsetsToTxn', false, TOP),
  row(26, 'EndTxn', false, TOP),
  row(28, 'TxnOffsetCommit', true, { kind: 'split', request: 'topics', response: 'topics', parts: offsets }),
  row(32, 'DescribeConfigs', false, null),
  row(37, 'CreatePartitions', true, null),
  row(60, 'DescribeCluster', false, TOP),
  row(68, 'ConsumerGroupHeartbeat', false, TOP),
  row(75, 'DescribeTopicPartitions', true, null),
];
const byName = new Map(faultyApis.map((api) => [api.name, api]));
const byKey = new Map(faultyApis.map((api) => [api.key, api]));

export function faultyApi(key: number): FaultyApi | undefined {
  return byKey.get(key);
}

export const MAX_DELAY_MS = 60_000;
export const MAX_TIMES = 1_000_000;
const MAX_PATTERN_LENGTH = 249;
const knownErrors: ReadonlySet<number> = new Set(Object.values(ErrorCode));

export const nameOfError = (errorCode: number): string => errorName(errorCode);

/** Why a rule cannot be carried out, as a sentence; null when it can. */
export function problemWithFault({ clientId, api, topic, action, times }: FaultOrder): string | null {
  for (const [what, pattern] of [
    ['client', clientId],
    ['topic', topic],
  ] as const) {
    if (pattern !== null && (pattern === '' || pattern.length > MAX_PATTERN_LENGTH)) {
      return `The ${what} pattern has ${pattern.length} characters: give 1 to ${MAX_PATTERN_LENGTH}, where * stands for any text.`;
    }
  }
  if (times !== null && (!Number.isInteger(times) || times < 1 || times > MAX_TIMES)) {
    return `A rule hits 1 to ${MAX_TIMES} requests, or every one: not ${times}.`;
  }
  const found = api === null ? null : byName.get(api);
  if (found === undefined) {
    return `No rule can be made for "${api}": choose one of ${faultyApis.map(({ name }) => name).join(', ')}.`;
  }
  if (found !== null && topic !== null && !found.namesTopics) {
    return `${found.name} names no topic: leave the topic out.`;
  }
  if (
    action.kind === 'delay' &&
    !(Number.isInteger(action.delayMs) && action.delayMs >= 1 && action.delayMs <= MAX_DELAY_MS)
  ) {
    return `A delay is 1 to ${MAX_DELAY_MS} ms, not ${action.delayMs}.`;
  }
  return action.kind === 'error' ? problemWithError(action.errorCode, found) : null;
}

function problemWithError(errorCode: number, api: FaultyApi | null): string | null {
  if (errorCode === ErrorCode.NONE || !knownErrors.has(errorCode)) return `${errorCode} is no error code of Kafka.`;
  if (api === null) return `Answers differ from API to API: name the one that is to answer ${errorName(errorCode)}.`;
  if (api.carrier === null) {
    return `The answer to ${api.name} has no single place for an error: delay it or drop the connection instead.`;
  }
  return null;
}

/** Text with `*` for any text, matched whole and exactly. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (!text.startsWith(first)) return false;
  if (rest.length === 0) return text === pattern;
  let at = first.length;
  const last = rest.pop() ?? '';
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return text.length >= at + last.length && text.endsWith(last);
}
