// 1 Fetch, versions 4–18. KIP-74 (byte limits), KIP-227 (sessions, v7), KIP-320 (epochs, v9), KIP-392 (closest replica, v11),
// KIP-595 (diverging epoch, v12), KIP-516 (topic ids, v13), KIP-951 (new leader, v16), KIP-1166 (a follower's high watermark, v18).
// Answers at once with enough bytes, an error or no time to wait; otherwise the fetch is parked. Record batches go out as they are
// stored. Consumers see what is committed, replicas (replica id ≥ 0) the whole log. Leaders serve all; followers serve consumers
// from version 11 on, and a leader sends them there when replica.selector.class says so.
// Isolation level 1 (read_committed, KIP-98): records below the last stable offset, and the transactions among them that were aborted.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import type { Handler, RequestContext } from '../../rpc/handler.ts';
import { ON_SENT, serve } from '../../rpc/handler.ts';
import type { Broker } from '../broker.ts';
import { endpointsOf } from '../endpoints.ts';
import type { FetchPartition, FetchRead, FollowerId, PartitionRead } from '../fetching/fetch-read.ts';
import { readAll } from '../fetching/fetch-read.ts';
import type { FetchSession } from '../fetching/fetch-session.ts';
import { type Asking, type FetchContext, FetchSessions, NO_SESSION } from '../fetching/fetch-sessions.ts';
import type { FetchToPark } from '../fetching/parked.ts';
import { ReadBuffers } from '../fetching/read-buffers.ts';

type Request = RequestOf<typeof fetch>;
type Response = ResponseInput<typeof fetch>;
type TopicAnswer = NonNullable<Response['responses']>[number];
type PartitionAnswer = NonNullable<TopicAnswer['partitions']>[number];

/** Kafka's max.incremental.fetch.session.cache.slots. */
const MAX_SESSIONS = 1000;
const READ_COMMITTED = 1;
const TOPIC_IDS_SINCE_VERSION = 13;
const REPLICA_STATE_SINCE_VERSION = 15;
const RACK_SINCE_VERSION = 11;

export function fetchHandler(broker: Broker): Handler {
  const sessions = new FetchSessions(broker.world, MAX_SESSIONS);
  const buffers = new ReadBuffers();
  return serve(fetch, (request, context) => {
    const isById = context.apiVersion >= TOPIC_IDS_SINCE_VERSION;
    const follower = followerOf(request, context.apiVersion);
    if (follower !== null && broker.replicas.isGone(follower)) sessions.endOf(follower);
    const asking = { isById, follower };
    const opened = sessions.open(request, asking);
    if (opened.kind === 'refused') return { errorCode: opened.errorCode };
    const session = opened.kind === 'full' ? null : opened.session;
    const isHeld = follower === null;
    const begunMs = isHeld ? timeMs(broker) : 0;
    const client = { user: context.connection.user, clientId: context.clientId };
    const most = isHeld ? broker.throttle.maxFetchBytes(client) : Number.POSITIVE_INFINITY;
    const maxBytes = Math.min(request.maxBytes, Number(broker.setting('fetch.max.bytes')), most);
    const { replicas, controller, world } = broker;
    const clientRack = context.apiVersion >= RACK_SINCE_VERSION ? request.rackId : null;
    const readsFromFollowers = replicas.readsFromFollowers();
    const isCommittedOnly = request.isolationLevel === READ_COMMITTED && follower === null;
    const lease = buffers.lease();
    const whose = { follower, clientRack, readsFromFollowers, isCommittedOnly, lease };
    const source = { replicas, image: controller.image, log: world.log, isById, maxBytes, ...whose };
    const asked = opened.kind === 'full' ? () => opened.asked : () => opened.session.toRead();
    const read = (isAgain: boolean) => readAll({ ...source, isAgain }, asked());
    const answer = (done: FetchRead, busyMs: number) => {
      const throttleTimeMs = isHeld ? broker.throttle.chargeFetch(client, done.bytes, busyMs) : 0;
      if (throttleTimeMs > 0) {
        lease.giveBack();
        return heldBack(opened, throttleTimeMs);
      }
      return { ...answerOf(broker, sessions, { opened, asking }, done, context), [ON_SENT]: () => lease.giveBack() };
    };

    const first = read(false);
    const minBytes = Math.min(request.minBytes, maxBytes);
    const isNothingAsked = (session === null ? first.partitions.length : session.size) === 0;
    const mustAnswer = first.isUrgent || first.bytes >= minBytes || request.maxWaitMs <= 0 || isNothingAsked;
    const firstMs = isHeld ? timeMs(broker) - begunMs : 0;
    if (mustAnswer) return answer(first, firstMs);
    const kind = { isFollower: follower !== null, isStable: isCommittedOnly };
    const wait = { minBytes, maxWaitMs: request.maxWaitMs, ...kind, session, context };
    const parked = park(broker, first, wait);
    lease.giveBack();
    return parked.then(() => {
      const againMs = isHeld ? timeMs(broker) : 0;
      const again = read(true);
      return answer(again, firstMs + (isHeld ? timeMs(broker) - againMs : 0));
    });
  });
}

/** Now, where a quota wants to know how long things take. */
const timeMs = (broker: Broker): number => (broker.throttle.isTimed ? broker.world.clock.monotonicMs() : 0);

/** Nothing is read and no session begins or moves on: the client asks again after that time. */
function heldBack(opened: Exclude<FetchContext, { kind: 'refused' }>, throttleTimeMs: number): Response {
  return { throttleTimeMs, sessionId: opened.kind === 'incremental' ? opened.session.id : NO_SESSION, responses: [] };
}

/** The replica that asks; null for consumers (−1, and −2 of tools that read as consumers do). */
function followerOf(request: Request, version: number): FollowerId | null {
  const { replicaId, replicaEpoch } =
    version >= REPLICA_STATE_SINCE_VERSION ? request.replicaState : { replicaId: request.replicaId, replicaEpoch: -1 };
  return replicaId < 0 ? null : { brokerId: replicaId, brokerEpoch: replicaEpoch };
}

function park(
  broker: Broker,
  first: FetchRead,
  wait: Omit<FetchToPark, 'partitions' | 'complete'> & { readonly context: RequestContext },
): Promise<void> {
  return new Promise((resolve) => {
    const partitions = [];
    for (const { replica, records, asked, isHeldBack } of first.partitions) {
      // More bytes in one that is held back are no reason to answer (DelayedFetch).
      if (replica !== null && !isHeldBack)
        partitions.push({ replica, bytes: records.length, maxBytes: asked.maxBytes });
    }
    const { context, ...limits } = wait;
    const complete = () => {
      forgetConnection();
      resolve();
    };
    const cancel = broker.replicas.parked.park({ ...limits, partitions, complete });
    // Nobody is left to answer: the promise stays open and is collected with the connection.
    const forgetConnection = context.connection.onClose(cancel);
  });
}

function answerOf(
  broker: Broker,
  sessions: FetchSessions,
  { opened, asking }: { readonly opened: Exclude<FetchContext, { kind: 'refused' }>; readonly asking: Asking },
  read: FetchRead,
  context: RequestContext,
): Response {
  const { isById } = asking;
  let session: FetchSession | null = null;
  let shown = read.partitions;
  if (opened.kind === 'incremental') {
    session = opened.session;
    shown = session.newsOf(read.partitions);
  } else if (opened.wantsSession) session = sessions.create(read.partitions, asking);
  const leaders = new Set<number>();
  const responses = byTopic(shown, (one) => partitionAnswer(broker, one, isById, leaders));
  return {
    sessionId: session?.id ?? NO_SESSION,
    responses,
    nodeEndpoints: endpointsOf(broker.controller.image, leaders, context.connection),
  };
}

/** Neighbours of one topic share an entry; the order stays that of the request. */
function byTopic(reads: readonly PartitionRead[], answer: (read: PartitionRead) => PartitionAnswer): TopicAnswer[] {
  const topics: { topic: string; topicId: string; partitions: PartitionAnswer[] }[] = [];
  for (const read of reads) {
    const { topic, topicId } = read.asked;
    const last = topics[topics.length - 1];
    if (last?.topic === topic && last.topicId === topicId) last.partitions.push(answer(read));
    else topics.push({ topic, topicId, partitions: [answer(read)] });
  }
  return topics;
}

function partitionAnswer(broker: Broker, read: PartitionRead, isById: boolean, leaders: Set<number>): PartitionAnswer {
  const answer: PartitionAnswer = {
    partitionIndex: read.asked.partition,
    errorCode: read.errorCode,
    highWatermark: read.highWatermark,
    lastStableOffset: read.lastStableOffset,
    logStartOffset: read.logStartOffset,
    abortedTransactions: read.abortedTransactions,
    preferredReadReplica: read.preferredReadReplica,
    records: read.records,
  };
  if (read.divergingEpoch !== null) return { ...answer, divergingEpoch: read.divergingEpoch };
  if (read.errorCode !== ErrorCode.NOT_LEADER_OR_FOLLOWER && read.errorCode !== ErrorCode.FENCED_LEADER_EPOCH) {
    return answer;
  }
  const currentLeader = leaderOf(broker, read.asked, isById);
  if (currentLeader.leaderId !== -1) leaders.add(currentLeader.leaderId);
  return { ...answer, currentLeader };
}

function leaderOf(broker: Broker, asked: FetchPartition, isById: boolean) {
  const { image } = broker.controller;
  const topic = isById ? image.topicsById.get(asked.topicId) : image.topics.get(asked.topic);
  const known = topic?.partitions[asked.partition];
  return { leaderId: known?.leader ?? -1, leaderEpoch: known?.leaderEpoch ?? -1 };
}
