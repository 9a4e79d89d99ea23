// Reassignments: what a person wants, the plan, how far it is, and what is done about it.
import { z } from 'zod';
import { AlterPartitionReassignments, IncrementalAlterConfigs, ListPartitionReassignments } from './apis.ts';
import { call, channel, type Shape, subject } from './declare.ts';
import { brokerId, nothing, partition, query, RowWindow, topicName, whole } from './inputs.ts';
import { flag, int, real, Sampled, text, windowOf } from './parts.ts';

const planId = z.string().min(1).max(100);
/** null: as fast as the brokers can. */
const throttle = whole(1_000, 1_000_000_000_000).nullable();

/** What a person wants of the placement of replicas. */
export const ReassignRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('spread') }),
  z.strictObject({ kind: z.literal('drain'), brokerId }),
  z.strictObject({ kind: z.literal('replicationFactor'), topic: topicName, replicationFactor: whole(1, 100) }),
  z.strictObject({
    kind: z.literal('byHand'),
    topic: topicName,
    partition,
    /** The first is the preferred leader. */
    replicas: z.array(brokerId).min(1).max(100),
  }),
]);
export type ReassignRequest = Shape<typeof ReassignRequest>;
export type ReassignKind = ReassignRequest['kind'];

export const BrokerLoad = z.strictObject({
  replicas: int,
  leaders: int,
  /** Of all replicas it holds, each as large as its leader's log. */
  bytes: real,
});
export type BrokerLoad = Shape<typeof BrokerLoad>;
export const ReassignBrokerRow = z.strictObject({
  id: int,
  rack: text.nullable(),
  isUp: flag,
  before: BrokerLoad,
  after: BrokerLoad,
});
export type ReassignBrokerRow = Shape<typeof ReassignBrokerRow>;
export const ReassignMove = z.strictObject({
  topic: text,
  partition: int,
  from: z.array(int),
  to: z.array(int),
  leaderBefore: int.nullable(),
  leaderAfter: int.nullable(),
  /** What new replicas have to copy; null: the size of the partition is not known. */
  bytes: real.nullable(),
});
export type ReassignMove = Shape<typeof ReassignMove>;
export const ReassignPlan = z.strictObject({
  /** Names this plan in `reassign.planMoves` and `reassign.start`. Forgotten after a while or when the server restarts. */
  planId: text,
  request: ReassignRequest,
  brokers: z.array(ReassignBrokerRow),
  /** Partitions whose replicas change, those of which only the order changes included. */
  partitions: int,
  reordered: int,
  replicasAdded: int,
  replicasRemoved: int,
  bytesToMove: real,
  /** Partitions that move and whose size is not known: they count as empty above. */
  unknownSizes: int,
  /** The most that one broker has to send or receive: divided by the throttle it is the shortest time this can take. */
  busiestBrokerBytes: real,
  /** Partitions that get another leader at the end. */
  elections: int,
  /** What the plan cannot do, and why, one sentence each. */
  limits: z.array(text),
});
export type ReassignPlan = Shape<typeof ReassignPlan>;

export const ReassignMoveState = z.enum(['waiting', 'moving', 'done', 'failed', 'cancelled']);
export type ReassignMoveState = Shape<typeof ReassignMoveState>;
export const ReassignProgressRow = z.strictObject({
  ...ReassignMove.shape,
  state: ReassignMoveState,
  /** Of `bytes`; null while unknown. */
  copiedBytes: real.nullable(),
  /** Why it failed, or what it waits for. */
  note: text.nullable(),
});
export type ReassignProgressRow = Shape<typeof ReassignProgressRow>;
export const ReassignRun = z.strictObject({
  /** null: begun by somebody else, or before this dashboard started; found in the cluster. */
  request: ReassignRequest.nullable(),
  state: z.enum(['running', 'electing', 'cancelling', 'done', 'cancelled']),
  startedAtMs: int,
  endedAtMs: int.nullable(),
  counts: z.record(ReassignMoveState, int),
  bytes: real,
  copiedBytes: real,
  bytesPerSecond: real.nullable(),
  secondsLeft: real.nullable(),
  throttleBytesPerSecond: real.nullable(),
  /** Partitions whose leader was asked to change at the end. */
  elections: int,
  /** What went wrong beside single partitions, one sentence each. */
  warnings: z.array(text),
  /** For a drain: what the broker still holds, by the newest metadata. */
  replicasLeft: int.nullable(),
});
export type ReassignRun = Shape<typeof ReassignRun>;

export const ReassignParams = z.strictObject({
  ...RowWindow.shape,
  /** Part of a topic's name. */
  query,
  /** null: every state. */
  state: ReassignMoveState.nullable(),
});
export type ReassignParams = Shape<typeof ReassignParams>;
export const ReassignView = z.strictObject({
  ...Sampled.shape,
  /** The reassignment under way, or the last one until it is put away; null: none. */
  run: ReassignRun.nullable(),
  ...windowOf(ReassignProgressRow),
  /** Replication throttles that are set while nothing of ours needs them; null: none, or not read yet. */
  leftThrottles: z
    .strictObject({
      brokers: z.array(z.strictObject({ id: int, bytesPerSecond: real.nullable() })),
      topics: z.array(text),
    })
    .nullable(),
});
export type ReassignView = Shape<typeof ReassignView>;

const needsToMove = [AlterPartitionReassignments, ListPartitionReassignments];

export const reassign = subject({
  channels: {
    reassign: channel({
      params: ReassignParams,
      data: ReassignView,
      says: 'Shows the reassignment of replicas that is under way or was the last, and throttles that were left behind.',
      needs: needsToMove,
    }),
  },
  streams: {},
  calls: {
    'reassign.plan': call({
      args: z.strictObject({ request: ReassignRequest }),
      result: ReassignPlan,
      says: 'Reads sizes and placement, and works out what would move.',
      right: 'viewer',
      on: () => null,
      needs: needsToMove,
      changes: false,
      http: 'POST /reassignments/plans',
    }),
    'reassign.planMoves': call({
      args: z.strictObject({ ...RowWindow.shape, planId, query }),
      result: z.strictObject(windowOf(ReassignMove)),
      says: 'Reads a window of the partitions that a plan would move.',
      right: 'viewer',
      on: () => null,
      needs: needsToMove,
      changes: false,
      http: 'GET /reassignments/plans/{planId}/moves',
    }),
    /** Refused as PLAN_OUTDATED when the placement is no longer what the plan began from. Answers when it has begun. */
    'reassign.start': call({
      args: z.strictObject({ planId, throttleBytesPerSecond: throttle }),
      result: z.strictObject({ partitions: int }),
      says: 'Begins a planned reassignment, held to a rate if wanted.',
      right: 'admin',
      on: () => null,
      needs: needsToMove,
      changes: true,
      http: 'POST /reassignments/plans/{planId}/start',
    }),
    'reassign.setThrottle': call({
      args: z.strictObject({ bytesPerSecond: throttle }),
      result: z.strictObject({ bytesPerSecond: real.nullable() }),
      says: 'Changes the rate to which a running reassignment is held, or takes it off.',
      right: 'admin',
      on: () => null,
      needs: [...needsToMove, IncrementalAlterConfigs],
      changes: true,
      http: 'PUT /reassignments/throttle',
    }),
    'reassign.cancel': call({
      args: nothing,
      result: z.strictObject({ cancelled: int }),
      says: 'Puts back what a reassignment has under way; what has moved stays where it is.',
      right: 'admin',
      on: () => null,
      needs: needsToMove,
      changes: true,
      http: 'POST /reassignments/cancel',
    }),
    'reassign.putAway': call({
      args: nothing,
      result: z.strictObject({ wasThere: flag }),
      says: 'Forgets a finished reassignment, so that the page is free for the next plan.',
      right: 'admin',
      on: () => null,
      changes: true,
      http: 'DELETE /reassignments/finished',
    }),
    'reassign.removeThrottles': call({
      args: nothing,
      result: z.strictObject({ brokers: int, topics: int }),
      says: 'Removes replication throttles that are set while no reassignment needs them.',
      right: 'admin',
      on: () => null,
      needs: [IncrementalAlterConfigs],
      changes: true,
      http: 'DELETE /reassignments/left-throttles',
    }),
  },
});
