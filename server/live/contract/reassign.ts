// Reassignments: what a person wants, the plan, and how far it is.
import type { RowWindow, Sampled } from './parts.ts';

/**
 * Partitions under way at once: enough to keep every broker busy, few enough to be cancelled at a glance. The others wait in the
 * dashboard, and are not begun when it ends before.
 */
export const REASSIGN_AT_ONCE = 50;

/** What a person wants of the placement of replicas. */
export type ReassignRequest =
  | { readonly kind: 'spread' }
  | { readonly kind: 'drain'; readonly brokerId: number }
  | { readonly kind: 'replicationFactor'; readonly topic: string; readonly replicationFactor: number }
  | {
      readonly kind: 'byHand';
      readonly topic: string;
      readonly partition: number;
      /** The first is the preferred leader. */
      readonly replicas: readonly number[];
    };
export type ReassignKind = ReassignRequest['kind'];

export interface BrokerLoad {
  readonly replicas: number;
  readonly leaders: number;
  /** Of all replicas it holds, each as large as its leader's log. */
  readonly bytes: number;
}
export interface ReassignBrokerRow {
  readonly id: number;
  readonly rack: string | null;
  readonly isUp: boolean;
  readonly before: BrokerLoad;
  readonly after: BrokerLoad;
}
export interface ReassignMove {
  readonly topic: string;
  readonly partition: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly leaderBefore: number | null;
  readonly leaderAfter: number | null;
  /** What new replicas have to copy; null: the size of the partition is not known. */
  readonly bytes: number | null;
}
export interface ReassignPlan {
  /** Names this plan in `reassign.planMoves` and `reassign.start`. Forgotten after a while or when the server restarts. */
  readonly planId: string;
  readonly request: ReassignRequest;
  readonly brokers: readonly ReassignBrokerRow[];
  /** Partitions whose replicas change, those of which only the order changes included. */
  readonly partitions: number;
  readonly reordered: number;
  readonly replicasAdded: number;
  readonly replicasRemoved: number;
  readonly bytesToMove: number;
  /** Partitions that move and whose size is not known: they count as empty above. */
  readonly unknownSizes: number;
  /** The most that one broker has to send or receive: divided by the throttle it is the shortest time this can take. */
  readonly busiestBrokerBytes: number;
  /** Partitions that get another leader at the end. */
  readonly elections: number;
  /** What the plan cannot do, and why, one sentence each. */
  readonly limits: readonly string[];
}

export type ReassignMoveState = 'waiting' | 'moving' | 'done' | 'failed' | 'cancelled';
export interface ReassignProgressRow extends ReassignMove {
  readonly state: ReassignMoveState;
  /** Of `bytes`; null while unknown. */
  readonly copiedBytes: number | null;
  /** Why it failed, or what it waits for. */
  readonly note: string | null;
}
export interface ReassignRun {
  /** null: begun by somebody else, or before this dashboard started; found in the cluster. */
  readonly request: ReassignRequest | null;
  readonly state: 'running' | 'electing' | 'cancelling' | 'done' | 'cancelled';
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  readonly counts: Readonly<Record<ReassignMoveState, number>>;
  readonly bytes: number;
  readonly copiedBytes: number;
  readonly bytesPerSecond: number | null;
  readonly secondsLeft: number | null;
  readonly throttleBytesPerSecond: number | null;
  /** Partitions whose leader was asked to change at the end. */
  readonly elections: number;
  /** What went wrong beside single partitions, one sentence each. */
  readonly warnings: readonly string[];
  /** For a drain: what the broker still holds, by the newest metadata. */
  readonly replicasLeft: number | null;
}
export interface ReassignParams extends RowWindow {
  /** Part of a topic's name. */
  readonly query: string;
  /** null: every state. */
  readonly state: ReassignMoveState | null;
}
export interface ReassignView extends Sampled {
  /** The reassignment under way, or the last one until it is put away; null: none. */
  readonly run: ReassignRun | null;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly ReassignProgressRow[];
  /** Replication throttles that are set while nothing of ours needs them; null: none, or not read yet. */
  readonly leftThrottles: {
    readonly brokers: readonly { readonly id: number; readonly bytesPerSecond: number | null }[];
    readonly topics: readonly string[];
  } | null;
}
