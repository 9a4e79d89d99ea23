// Groups: one row, the list, one group with its members and lag, and what a reset of its offsets does.
import { z } from 'zod';
import { DeleteGroups, OffsetDelete } from './apis.ts';
import { call, channel, type Shape, subject } from './declare.ts';
import {
  groupId,
  maxPartitionsListed,
  offset,
  partition,
  partitions,
  query,
  RowWindow,
  timestampMs,
  topicName,
  whole,
} from './inputs.ts';
import { flag, int, real, Sampled, Series, text, windowOf } from './parts.ts';

export const GroupRow = z.strictObject({
  groupId: text,
  type: text,
  protocolType: text,
  state: text,
  /** null: not sampled yet or the coordinator did not answer. */
  members: int.nullable(),
  topics: int.nullable(),
  coordinatorId: int.nullable(),
  /** The sum over the partitions whose lag is known: at least this while `unknownLagPartitions` is not 0. */
  totalLag: int.nullable(),
  /** Partitions with a committed offset whose lag cannot be told now. */
  unknownLagPartitions: int,
  /** Records per second by which lag changed over the last samples; positive is growing. */
  lagChangePerSecond: real.nullable(),
});
export type GroupRow = Shape<typeof GroupRow>;

export const GroupSort = z.enum(['name', 'lag', 'state', 'members']);
export type GroupSort = Shape<typeof GroupSort>;
export const GroupsParams = z.strictObject({ ...RowWindow.shape, query, sort: GroupSort, descending: z.boolean() });
export type GroupsParams = Shape<typeof GroupsParams>;
export const GroupsView = z.strictObject({ ...Sampled.shape, total: int, ...windowOf(GroupRow) });
export type GroupsView = Shape<typeof GroupsView>;

const assignment = z.strictObject({ topic: text, partitions: z.array(int) });
export const GroupMember = z.strictObject({
  memberId: text,
  instanceId: text.nullable(),
  clientId: text,
  host: text,
  /** The member's epoch in a group of the consumer protocol; null in a classic one. */
  epoch: int.nullable(),
  assignments: z.array(assignment),
  /** Consumer protocol: what it is to have once all have moved; null when that is what it has. */
  target: z.array(assignment).nullable(),
});
export type GroupMember = Shape<typeof GroupMember>;

/** What lies between the committed offset and the end of the log. The rest of `offsets` are records that wait to be read. */
export const LagParts = z.strictObject({
  /** end − committed. */
  offsets: int,
  /** Control records: the marks at the end of a transaction. No reader gets them. */
  markers: int,
  /** Records of aborted transactions: only readers with isolation.level=read_uncommitted get them. */
  aborted: int,
  /** Offsets whose record compaction has removed. */
  compacted: int,
  /** Records of transactions that are open: part of the lag; readers with read_committed wait for their end. */
  open: int,
});
export type LagParts = Shape<typeof LagParts>;

export const GroupPartition = z.strictObject({
  topic: text,
  partition: int,
  /** null: nothing committed. Different from zero. */
  committedOffset: int.nullable(),
  metadata: text.nullable(),
  startOffset: int.nullable(),
  endOffset: int.nullable(),
  /** Records left to read, never negative: endOffset − committedOffset without what lagParts takes off. null with lagNote saying why. */
  lag: int.nullable(),
  /** null: the end of the log was not looked at, and each offset counts as a record. */
  lagParts: LagParts.nullable(),
  /** "nothing committed", "committed offset 7 was deleted by retention (log starts at 12)", "topic is gone", … */
  lagNote: text.nullable(),
  memberId: text.nullable(),
  outRecordsPerSecond: real.nullable(),
});
export type GroupPartition = Shape<typeof GroupPartition>;

export const GroupView = z.strictObject({
  ...Sampled.shape,
  group: GroupRow,
  /** The assignor: the members' choice in a classic group, the coordinator's in one of the consumer protocol. */
  protocol: text.nullable(),
  /** Epochs of a group of the consumer protocol: of the group, and of the assignment its members move to. null in a classic one. */
  epoch: int.nullable(),
  assignmentEpoch: int.nullable(),
  members: z.array(GroupMember),
  partitions: z.array(GroupPartition),
  /** Columns: lag (records), outRecords (per second). */
  series: Series,
});
export type GroupView = Shape<typeof GroupView>;

export const ResetStrategy = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('earliest') }),
  z.strictObject({ to: z.literal('latest') }),
  z.strictObject({ to: z.literal('offset'), offset }),
  z.strictObject({ to: z.literal('timestamp'), timestampMs }),
  z.strictObject({ to: z.literal('shift'), by: whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) }),
]);
export type ResetStrategy = Shape<typeof ResetStrategy>;

export const ResetRow = z.strictObject({
  topic: text,
  partition: int,
  currentOffset: int.nullable(),
  newOffset: int,
  /** Positive: records read again; negative: records skipped. */
  readAgain: int.nullable(),
  /** "cut to the end of the log", … */
  note: text.nullable(),
});
export type ResetRow = Shape<typeof ResetRow>;

export const groups = subject({
  channels: {
    groups: channel({
      params: GroupsParams,
      data: GroupsView,
      says: 'Shows a window of the groups with state, members and lag.',
    }),
    group: channel({
      params: z.strictObject({ groupId }),
      data: GroupView,
      says: 'Shows one group: its members, what each reads, and the lag of each partition.',
    }),
  },
  streams: {},
  calls: {
    'group.previewReset': call({
      args: z.strictObject({ groupId, topic: topicName, partitions, strategy: ResetStrategy }),
      result: z.strictObject({ rows: z.array(ResetRow), isAllowed: flag, refusal: text.nullable() }),
      says: 'Works out what a reset of a group’s offsets would do, and whether the group would take it.',
      right: 'viewer',
      on: (args) => ['group', args.groupId],
      changes: false,
      http: 'POST /groups/{groupId}/offsets/preview',
    }),
    'group.resetOffsets': call({
      args: z.strictObject({
        groupId,
        offsets: z
          .array(z.strictObject({ topic: topicName, partition, offset }))
          .min(1)
          .max(maxPartitionsListed),
      }),
      result: z.strictObject({ changed: int }),
      says: 'Sets committed offsets of a group that has no active members.',
      right: 'editor',
      on: (args) => ['group', args.groupId],
      changes: true,
      http: 'PATCH /groups/{groupId}/offsets',
    }),
    'group.delete': call({
      args: z.strictObject({ groupId }),
      result: z.strictObject({ groupId: text }),
      says: 'Deletes a group that has no active members, and its committed offsets.',
      right: 'admin',
      on: (args) => ['group', args.groupId],
      needs: [DeleteGroups],
      changes: true,
      http: 'DELETE /groups/{groupId}',
    }),
    'group.deleteOffsets': call({
      args: z.strictObject({ groupId, topic: topicName }),
      result: z.strictObject({ partitions: int }),
      says: 'Deletes what a group has committed for one topic.',
      right: 'admin',
      on: (args) => ['group', args.groupId],
      needs: [OffsetDelete],
      changes: true,
      http: 'DELETE /groups/{groupId}/offsets/{topic}',
    }),
  },
});
