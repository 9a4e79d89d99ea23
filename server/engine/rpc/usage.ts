// What one connection has been used for: which topics it writes and reads, for which groups, how much. Kept by server-connection.ts
// for the lab to show; on the way of every request, so it only counts and remembers. It never refuses anything.
import type { RequestOf, ResponseInput } from '../../protocol/codec.ts';
import type { produce } from '../../protocol/schema/00-produce.ts';
import type { fetch } from '../../protocol/schema/01-fetch.ts';
import type { ClientRow } from '../lab.ts';
import { NO_RESPONSE } from './handler.ts';

const MAX_TOPICS = 100;
const MAX_PARTITIONS = 1_000;
const MAX_GROUPS = 20;
const PRODUCE = 0;
const FETCH = 1;
/** JoinGroup, Heartbeat, SyncGroup, ConsumerGroupHeartbeat: what members send. */
const MEMBER_APIS: ReadonlySet<number> = new Set([11, 12, 14, 68]);
const LEAVE_GROUP = 13;
const MAGIC_AT = 16;
const RECORD_COUNT_AT = 57;
const BATCH_HEADER_BYTES = 61;
const LENGTH_AT = 8;
const BEFORE_LENGTH_BYTES = 12;
/** Batches of one partition that are looked into; a request with more is rare, and the rest is then not counted. */
const MAX_BATCHES = 1_000;

const NOTHING: ReadonlySet<string> = new Set();
type ProduceRequest = RequestOf<typeof produce>;

/** From a name or an id to the name; null when there is no such topic. */
export type TopicNameOf = (topicId: string) => string | null;
export type UsageFacts = Pick<
  ClientRow,
  | 'clientId'
  | 'topicsProduced'
  | 'topicsFetched'
  | 'groupIds'
  | 'activeAtMs'
  | 'producedRecords'
  | 'producedBytes'
  | 'fetchedBytes'
>;

export class Usage {
  clientId = '';
  /** A broker that copies partitions. */
  isReplica = false;
  #activeAtMs: number;
  /** Names, or ids where the request named no topic. */
  readonly #produced = new Set<string>();
  /** With its partitions, since a fetch session names them once and takes them back one by one. */
  readonly #fetched = new Map<string, Set<number>>();
  readonly #groups = new Set<string>();
  #producedRecords = 0;
  #producedBytes = 0;
  #fetchedBytes = 0;
  /** The Produce request that is not answered yet: a connection has one at a time. */
  #producing: ProduceRequest | null = null;

  constructor(nowMs: number) {
    this.#activeAtMs = nowMs;
  }

  /** It writes, reads or belongs to a group. */
  get hasUse(): boolean {
    return this.#produced.size > 0 || this.#fetched.size > 0 || this.#groups.size > 0;
  }

  request(apiKey: number, request: unknown, clientId: string, nowMs: number): void {
    this.clientId = clientId;
    this.#activeAtMs = nowMs;
    if (apiKey === PRODUCE) this.#produce(request as ProduceRequest);
    else if (apiKey === FETCH) this.#fetch(request as RequestOf<typeof fetch>);
    else if (MEMBER_APIS.has(apiKey)) this.#member(request as { readonly groupId: string });
    else if (apiKey === LEAVE_GROUP) this.#groups.delete((request as { readonly groupId: string }).groupId);
  }

  /** `answer` as the handler gave it, while the bytes of the request are still there; `sizeBytes` 0 where nothing is sent. */
  answer(apiKey: number, answer: unknown, sizeBytes: number): void {
    if (apiKey === FETCH) this.#fetchedBytes += sizeBytes;
    else if (apiKey === PRODUCE) this.#taken(answer);
  }

  /** Names and ids of what it reads, as far as it said: with fetch sessions topics are named once. */
  get fetched(): Iterable<string> {
    return this.#fetched.keys();
  }

  facts(topicNameOf: TopicNameOf): UsageFacts {
    return {
      clientId: this.clientId,
      activeAtMs: this.#activeAtMs,
      topicsProduced: namesOf(this.#produced, topicNameOf),
      topicsFetched: namesOf(this.#fetched.keys(), topicNameOf),
      groupIds: [...this.#groups].sort(),
      producedRecords: this.#producedRecords,
      producedBytes: this.#producedBytes,
      fetchedBytes: this.#fetchedBytes,
    };
  }

  #produce(request: ProduceRequest): void {
    this.#producing = request;
    for (const { name, topicId } of request.topicData) {
      if (this.#produced.size < MAX_TOPICS) this.#produced.add(keyOf(name, topicId));
    }
  }

  /** Counts what was not refused. */
  #taken(answer: unknown): void {
    const request = this.#producing;
    this.#producing = null;
    if (request === null) return;
    const refused = answer === NO_RESPONSE ? NOTHING : refusedOf(answer as ResponseInput<typeof produce>);
    for (const { name, topicId, partitionData } of request.topicData) {
      for (const { index, records } of partitionData) {
        if (records === null || (refused.size > 0 && refused.has(placeOf(keyOf(name, topicId), index)))) continue;
        this.#producedBytes += records.length;
        this.#producedRecords += countRecords(records);
      }
    }
  }

  #fetch(request: RequestOf<typeof fetch>): void {
    const { replicaId, replicaState, sessionEpoch, topics, forgottenTopicsData } = request;
    this.isReplica = replicaId >= 0 || replicaState.replicaId >= 0;
    if (this.isReplica) return;
    if (sessionEpoch <= 0) this.#fetched.clear();
    for (const { topic, topicId, partitions } of topics) {
      const key = keyOf(topic, topicId);
      const known = this.#fetched.get(key) ?? new Set<number>();
      if (known.size === 0 && this.#fetched.size < MAX_TOPICS) this.#fetched.set(key, known);
      for (const { partition } of partitions) if (known.size < MAX_PARTITIONS) known.add(partition);
    }
    for (const { topic, topicId, partitions } of forgottenTopicsData) {
      const key = keyOf(topic, topicId);
      const known = this.#fetched.get(key);
      for (const partition of partitions) known?.delete(partition);
      if (known?.size === 0) this.#fetched.delete(key);
    }
  }

  #member({ groupId }: { readonly groupId: string }): void {
    if (this.#groups.size < MAX_GROUPS) this.#groups.add(groupId);
  }
}

const placeOf = (topic: string, partition: number): string => `${topic} ${partition}`;

function refusedOf({ responses = [] }: ResponseInput<typeof produce>): ReadonlySet<string> {
  let refused: Set<string> | null = null;
  for (const { name = '', topicId = '', partitionResponses = [] } of responses) {
    for (const { index = 0, errorCode = 0 } of partitionResponses) {
      if (errorCode === 0) continue;
      refused ??= new Set();
      refused.add(placeOf(keyOf(name, topicId), index));
    }
  }
  return refused ?? NOTHING;
}

const keyOf = (name: string, topicId: string): string => (name === '' ? topicId : name);

/** Ids of topics that are gone are left out. */
function namesOf(keys: Iterable<string>, topicNameOf: TopicNameOf): string[] {
  return [...new Set([...keys].flatMap((text) => topicNameOf(text) ?? []))].sort();
}

/** As the headers of the batches say; what is no batch counts as nothing. */
function countRecords(records: Buffer): number {
  let total = 0;
  let at = 0;
  for (let batch = 0; batch < MAX_BATCHES && at + BATCH_HEADER_BYTES <= records.length; batch++) {
    if (records[at + MAGIC_AT] !== 2) break;
    const lengthBytes = records.readInt32BE(at + LENGTH_AT);
    const count = records.readInt32BE(at + RECORD_COUNT_AT);
    if (lengthBytes <= 0 || count < 0) break;
    total += count;
    at += BEFORE_LENGTH_BYTES + lengthBytes;
  }
  return total;
}
