// Reads what a Fetch asks for, all partitions in their order, within its byte limits (KIP-74): soft limits, the first partition
// with data gives at least one whole batch. Consumers see what is committed, at the leader or, since version 11, at any replica
// (KIP-392); followers see the whole log, and what a follower asks for tells its leader what it has. Called by the Fetch handler,
// again when a parked fetch is due. Waits for nothing.

import type { Log } from '../../../kernel/world.ts';
import { DiskError } from '../../../kernel/world.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { MetadataImage } from '../../metadata/image.ts';
import { closestReplica } from '../../replication/closest-replica.ts';
import type { ReadOptions, ReadOutcome } from '../../storage/outcome.ts';
import type { Replica } from '../replica.ts';
import type { Replicas } from '../replicas.ts';
import type { ReadLease } from './read-buffers.ts';

/** One partition as the client asks for it. Named by topic before version 13, by topic id from then on. */
export interface FetchPartition {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** −1: the client does not say. */
  readonly currentLeaderEpoch: number;
  readonly fetchOffset: number;
  /** −1: the client does not say. */
  readonly lastFetchedEpoch: number;
  /** Of a follower: where its log begins, −1 when it does not say, and the high watermark it knows. */
  readonly logStartOffset: number;
  readonly highWatermark: number;
  readonly maxBytes: number;
}

export interface PartitionRead {
  readonly asked: FetchPartition;
  /** null with an error. */
  readonly replica: Replica | null;
  readonly errorCode: ErrorCode;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  /** −1: unknown. */
  readonly lastStableOffset: number;
  /** Those with records among these; null unless read_committed. */
  readonly abortedTransactions: readonly { readonly producerId: number; readonly firstOffset: number }[] | null;
  /** Where histories part (KIP-595); null when they agree. */
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | null;
  /** The replica that the consumer should read from instead; −1: this one. */
  readonly preferredReadReplica: number;
  /** There may be records, but the follower that catches up has had its share of bytes. */
  readonly isHeldBack: boolean;
  readonly records: Buffer;
}

export interface FetchRead {
  readonly partitions: readonly PartitionRead[];
  readonly bytes: number;
  /** An error, a diverging epoch, a closer replica, or a commit that the follower must know: not to be kept waiting. */
  readonly isUrgent: boolean;
}

/** The broker that fetches to follow, in one incarnation. */
export interface FollowerId {
  readonly brokerId: number;
  /** −1: it does not say. */
  readonly brokerEpoch: number;
}

export interface FetchSource {
  readonly replicas: Replicas;
  readonly image: MetadataImage;
  readonly log: Log;
  readonly isById: boolean;
  readonly maxBytes: number;
  /** The replica that asks; null for consumers. */
  readonly follower: FollowerId | null;
  /** read_committed: nothing at or above the last stable offset, and a list of what was aborted. */
  readonly isCommittedOnly: boolean;
  /** Where the consumer stands, '' when it does not say; null: it knows of no replicas but leaders. */
  readonly clientRack: string | null;
  /** Consumers are sent to the closest replica, and followers hear of each commit at once. */
  readonly readsFromFollowers: boolean;
  /** A fetch that was parked is read again: what its follower has was noted then. */
  readonly isAgain: boolean;
  /** Where record batches are read to. */
  readonly lease: ReadLease;
}

const NO_RECORDS = Buffer.alloc(0);

export function readAll(source: FetchSource, asked: Iterable<FetchPartition>): FetchRead {
  return source.replicas.whileReading(() => readEach(source, asked));
}
function readEach(source: FetchSource, asked: Iterable<FetchPartition>): FetchRead {
  const partitions: PartitionRead[] = [];
  let bytes = 0;
  let isUrgent = false;
  for (const one of asked) {
    const read = readOne(source, one, source.maxBytes - bytes, bytes === 0);
    partitions.push(read);
    bytes += read.records.length;
    if (isUrgentFor(source, read)) isUrgent = true;
  }
  return { partitions, bytes, isUrgent };
}

function isUrgentFor(source: FetchSource, read: PartitionRead): boolean {
  if (read.errorCode !== ErrorCode.NONE || read.divergingEpoch !== null || read.preferredReadReplica !== -1)
    return true;
  return source.follower !== null && source.readsFromFollowers && read.asked.highWatermark < read.highWatermark;
}

function readOne(source: FetchSource, asked: FetchPartition, roomBytes: number, isFirst: boolean): PartitionRead {
  const topic = source.isById ? source.image.topicsById.get(asked.topicId)?.name : asked.topic;
  if (topic === undefined) return unknown(asked, ErrorCode.UNKNOWN_TOPIC_ID);
  const mayFollow = source.follower === null && source.clientRack !== null;
  const replica = source.replicas[mayFollow ? 'replicaFor' : 'leaderFor'](
    topic,
    asked.partition,
    asked.currentLeaderEpoch,
  );
  if (replica === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) return unknown(asked, replica);
  if (typeof replica === 'number') return failed(asked, replica);
  const { log } = replica;
  const { brokerId = -1 } = source.follower ?? {};
  if (source.follower !== null && replica.leadership?.hasFollower(brokerId) !== true) {
    return failed(asked, ErrorCode.NOT_LEADER_OR_FOLLOWER);
  }
  const { highWatermark } = replica;
  const stable = { lastStableOffset: stableOffset(source, replica), abortedTransactions: noneAborted(source) };
  const place = {
    highWatermark,
    logStartOffset: log.startOffset,
    preferredReadReplica: -1,
    isHeldBack: false,
    ...stable,
  };
  const read = { asked, replica, errorCode: ErrorCode.NONE, ...place };
  const preferredReadReplica = closerReplica(source, replica, asked.fetchOffset);
  if (preferredReadReplica !== -1) return { ...read, preferredReadReplica, divergingEpoch: null, records: NO_RECORDS };
  const divergingEpoch = asked.lastFetchedEpoch === -1 ? null : divergence(source, replica, asked);
  if (divergingEpoch === 'unreadable') return failed(asked, ErrorCode.KAFKA_STORAGE_ERROR);
  if (divergingEpoch === 'unknown') return outOfRange(source, read);
  if (divergingEpoch !== null) return { ...read, divergingEpoch, records: NO_RECORDS };

  const { fetchOffset } = asked;
  if (fetchOffset < log.startOffset || fetchOffset > log.endOffset) return outOfRange(source, read);
  if (source.follower !== null && !source.isAgain) {
    const startOffset = asked.logStartOffset;
    const isKnown = source.replicas.followerFetched(replica, { ...source.follower, fetchOffset, startOffset });
    if (!isKnown) return failed(asked, ErrorCode.NOT_LEADER_OR_FOLLOWER);
  }
  const now = { highWatermark: replica.highWatermark, lastStableOffset: stableOffset(source, replica) };
  return readFrom(source, { ...read, ...now }, replica, { roomBytes, isFirst });
}

/** ReplicaManager.findPreferredReadReplica: only the leader knows how far the others are. */
function closerReplica(
  { clientRack, readsFromFollowers, follower, image }: FetchSource,
  replica: Replica,
  offset: number,
) {
  const { leadership, leader } = replica;
  if (!readsFromFollowers || clientRack === null || follower !== null || leadership === null) return -1;
  const rackOf = (brokerId: number): string | null => image.brokers.get(brokerId)?.rack ?? null;
  return closestReplica(clientRack, rackOf(leader), leadership.readableFollowers(offset), rackOf);
}

/** The records themselves, now that the offset is known to be within the log. */
function readFrom(
  source: FetchSource,
  read: Omit<PartitionRead, 'divergingEpoch' | 'records'>,
  replica: Replica,
  { roomBytes, isFirst }: { roomBytes: number; isFirst: boolean },
): PartitionRead {
  const { asked } = read;
  const { fetchOffset } = asked;
  const upToOffset = visibleUpTo(source, replica, read.lastStableOffset);
  const maxBytes = Math.min(asked.maxBytes, roomBytes);
  if (fetchOffset >= upToOffset || (maxBytes <= 0 && !isFirst)) {
    return { ...read, divergingEpoch: null, records: NO_RECORDS };
  }
  if (isHeldBack(source, replica)) return { ...read, isHeldBack: true, divergingEpoch: null, records: NO_RECORDS };
  const limits = { maxBytes: Math.max(0, maxBytes), upToOffset, isFirst, take: source.lease.take };
  const outcome = readLog(source, replica, { offset: fetchOffset, ...limits });
  if (outcome === null) return failed(asked, ErrorCode.KAFKA_STORAGE_ERROR);
  if (outcome.kind === 'outOfRange') return outOfRange(source, read);
  if (outcome.kind !== 'records') return { ...read, divergingEpoch: null, records: NO_RECORDS };
  const { records, lastOffset } = outcome;
  if (source.follower !== null && replica.isThrottledAsLeader) source.replicas.leaderThrottle.record(records.length);
  if (!source.isCommittedOnly) return { ...read, divergingEpoch: null, records };
  const abortedTransactions = abortedWithin(source, replica, fetchOffset, lastOffset + 1);
  if (abortedTransactions === null) return failed(asked, ErrorCode.KAFKA_STORAGE_ERROR);
  return { ...read, divergingEpoch: null, records, abortedTransactions };
}

function visibleUpTo(source: FetchSource, replica: Replica, lastStableOffset: number): number {
  if (source.follower !== null) return replica.log.endOffset;
  return source.isCommittedOnly ? lastStableOffset : replica.highWatermark;
}
const noneAborted = (source: FetchSource): [] | null => (source.isCommittedOnly ? [] : null);

/** −1, which shows nothing, when the disk would not. */
function stableOffset(source: FetchSource, { log, topic, partition }: Replica): number {
  try {
    return log.lastStableOffset;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    source.log.error(`transactions of ${topic}-${partition}: ${error.message}`);
    return -1;
  }
}
/** null when the disk would not. */
function abortedWithin(source: FetchSource, { log, topic, partition }: Replica, fromOffset: number, upTo: number) {
  try {
    return log
      .abortedTransactions(fromOffset, upTo)
      .map(({ producerId, firstOffset }) => ({ producerId, firstOffset }));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    source.log.error(`aborted transactions of ${topic}-${partition}: ${error.message}`);
    return null;
  }
}

/** ReplicaManager.shouldLeaderThrottle: never one that is in sync. */
function isHeldBack({ follower, replicas }: FetchSource, { leadership, isThrottledAsLeader }: Replica): boolean {
  if (follower === null || !isThrottledAsLeader || leadership?.inSyncReplicas.includes(follower.brokerId) === true) {
    return false;
  }
  return replicas.leaderThrottle.isExceeded();
}

/** null when the disk would not. */
function readLog(source: FetchSource, { log, topic, partition }: Replica, options: ReadOptions): ReadOutcome | null {
  try {
    return log.read(options);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    source.log.error(`read of ${topic}-${partition}: ${error.message}`);
    return null;
  }
}

function failed(asked: FetchPartition, errorCode: ErrorCode): PartitionRead {
  const nothing = {
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions: null,
    divergingEpoch: null,
    preferredReadReplica: -1,
    isHeldBack: false,
  };
  return { asked, replica: null, errorCode, ...nothing, records: NO_RECORDS };
}

/** A place the cluster does not have: Kafka answers it before it reads, with an empty list where a read has none. */
const unknown = (asked: FetchPartition, errorCode: ErrorCode): PartitionRead => ({
  ...failed(asked, errorCode),
  abortedTransactions: [],
});

/** Consumers are told nothing of the log with it (ReplicaManager.readFromLog); our followers begin anew at its start offset. */
function outOfRange(source: FetchSource, read: Omit<PartitionRead, 'divergingEpoch' | 'records'>): PartitionRead {
  const { OFFSET_OUT_OF_RANGE: errorCode } = ErrorCode;
  if (source.follower === null) return failed(read.asked, errorCode);
  return { ...read, errorCode, divergingEpoch: null, records: NO_RECORDS };
}

/**
 * Where the client's history ends in ours, when it read something that is not here (Kafka's Partition.readRecords); 'unknown' when
 * nothing is known of its epoch, 'unreadable' when the disk would not.
 */
function divergence(
  source: FetchSource,
  replica: Replica,
  asked: FetchPartition,
): { readonly epoch: number; readonly endOffset: number } | 'unknown' | 'unreadable' | null {
  const end = replica.endOfEpoch(asked.lastFetchedEpoch, source.log);
  if (end === null) return 'unreadable';
  if (end.epoch === -1 || end.endOffset === -1) return 'unknown';
  return end.epoch < asked.lastFetchedEpoch || end.endOffset < asked.fetchOffset ? end : null;
}
