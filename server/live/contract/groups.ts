// Groups: one row, the list, one group with its members and lag, and what a reset of its offsets does.
import type { RowWindow, Sampled, Series } from './parts.ts';

export interface GroupRow {
  readonly groupId: string;
  readonly type: string;
  readonly protocolType: string;
  readonly state: string;
  /** null: not sampled yet or the coordinator did not answer. */
  readonly members: number | null;
  readonly topics: number | null;
  readonly coordinatorId: number | null;
  /** The sum over the partitions whose lag is known: at least this while `unknownLagPartitions` is not 0. */
  readonly totalLag: number | null;
  /** Partitions with a committed offset whose lag cannot be told now. */
  readonly unknownLagPartitions: number;
  /** Records per second by which lag changed over the last samples; positive is growing. */
  readonly lagChangePerSecond: number | null;
}

export type GroupSort = 'name' | 'lag' | 'state' | 'members';
export interface GroupsParams extends RowWindow {
  readonly query: string;
  readonly sort: GroupSort;
  readonly descending: boolean;
}
export interface GroupsView extends Sampled {
  readonly total: number;
  readonly matching: number;
  readonly offset: number;
  readonly rows: readonly GroupRow[];
}

export interface GroupMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly host: string;
  /** The member's epoch in a group of the consumer protocol; null in a classic one. */
  readonly epoch: number | null;
  readonly assignments: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  /** Consumer protocol: what it is to have once all have moved; null when that is what it has. */
  readonly target: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null;
}
/** What lies between the committed offset and the end of the log. The rest of `offsets` are records that wait to be read. */
export interface LagParts {
  /** end − committed. */
  readonly offsets: number;
  /** Control records: the marks at the end of a transaction. No reader gets them. */
  readonly markers: number;
  /** Records of aborted transactions: only readers with isolation.level=read_uncommitted get them. */
  readonly aborted: number;
  /** Offsets whose record compaction has removed. */
  readonly compacted: number;
  /** Records of transactions that are open: part of the lag; readers with read_committed wait for their end. */
  readonly open: number;
}
export interface GroupPartition {
  readonly topic: string;
  readonly partition: number;
  /** null: nothing committed. Different from zero. */
  readonly committedOffset: number | null;
  readonly metadata: string | null;
  readonly startOffset: number | null;
  readonly endOffset: number | null;
  /** Records left to read, never negative: endOffset − committedOffset without what lagParts takes off. null with lagNote saying why. */
  readonly lag: number | null;
  /** null: the end of the log was not looked at, and each offset counts as a record. */
  readonly lagParts: LagParts | null;
  /** "nothing committed", "committed offset 7 was deleted by retention (log starts at 12)", "topic is gone", … */
  readonly lagNote: string | null;
  readonly memberId: string | null;
  readonly outRecordsPerSecond: number | null;
}
export interface GroupView extends Sampled {
  readonly group: GroupRow;
  /** The assignor: the members' choice in a classic group, the coordinator's in one of the consumer protocol. */
  readonly protocol: string | null;
  /** Epochs of a group of the consumer protocol: of the group, and of the assignment its members move to. null in a classic one. */
  readonly epoch: number | null;
  readonly assignmentEpoch: number | null;
  readonly members: readonly GroupMember[];
  readonly partitions: readonly GroupPartition[];
  /** Columns: lag (records), outRecords (per second). */
  readonly series: Series;
}

export type ResetStrategy =
  | { readonly to: 'earliest' }
  | { readonly to: 'latest' }
  | { readonly to: 'offset'; readonly offset: number }
  | { readonly to: 'timestamp'; readonly timestampMs: number }
  | { readonly to: 'shift'; readonly by: number };

export interface ResetRow {
  readonly topic: string;
  readonly partition: number;
  readonly currentOffset: number | null;
  readonly newOffset: number;
  /** Positive: records read again; negative: records skipped. */
  readonly readAgain: number | null;
  /** "cut to the end of the log", … */
  readonly note: string | null;
}
