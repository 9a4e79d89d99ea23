// Topics: one row, the list, one topic with its partitions and groups, and what is done to one.
import { z } from 'zod';
import { CreatePartitions, DeleteRecords, DescribeConfigs, ElectLeaders, IncrementalAlterConfigs } from './apis.ts';
import { ConfigRow } from './brokers.ts';
import { call, channel, type Shape, subject } from './declare.ts';
import { GroupRow } from './groups.ts';
import {
  atMost,
  maxPartitionsListed,
  maxTopicLength,
  offset,
  partition,
  query,
  RowWindow,
  topicName,
  whole,
} from './inputs.ts';
import { ErrorBody, flag, int, real, Sampled, Series, text, windowOf } from './parts.ts';

const maxConfigs = 200;
const configName = z.string().min(1).max(249);
const configValue = z.string().max(32_767);

export const TopicRow = z.strictObject({
  name: text,
  topicId: text.nullable(),
  isInternal: flag,
  partitions: int,
  replicationFactor: int,
  /** Sum over partitions of end offset − start offset. */
  records: int.nullable(),
  sizeBytes: int.nullable(),
  inRecordsPerSecond: real.nullable(),
  inBytesPerSecond: real.nullable(),
  /** Partitions without a leader. */
  offlinePartitions: int,
  underReplicatedPartitions: int,
});
export type TopicRow = Shape<typeof TopicRow>;

export const TopicSort = z.enum(['name', 'partitions', 'records', 'size', 'rate']);
export type TopicSort = Shape<typeof TopicSort>;
export const TopicsParams = z.strictObject({
  ...RowWindow.shape,
  query,
  sort: TopicSort,
  descending: z.boolean(),
  includeInternal: z.boolean(),
});
export type TopicsParams = Shape<typeof TopicsParams>;
export const TopicsView = z.strictObject({
  ...Sampled.shape,
  /** All topics that exist, internal ones included; `matching` are those that match query and includeInternal. */
  total: int,
  ...windowOf(TopicRow),
});
export type TopicsView = Shape<typeof TopicsView>;

export const PartitionRow = z.strictObject({
  partition: int,
  leader: int.nullable(),
  leaderEpoch: int.nullable(),
  replicas: z.array(int),
  inSyncReplicas: z.array(int),
  startOffset: int.nullable(),
  /** The high watermark, as ListOffsets latest gives it. */
  endOffset: int.nullable(),
  sizeBytes: int.nullable(),
  inRecordsPerSecond: real.nullable(),
});
export type PartitionRow = Shape<typeof PartitionRow>;

export const TopicGroupRow = z.strictObject({
  ...GroupRow.shape,
  /** Lag of this group on this topic. */
  topicLag: int.nullable(),
});
export type TopicGroupRow = Shape<typeof TopicGroupRow>;

export const TopicView = z.strictObject({
  ...Sampled.shape,
  topic: TopicRow,
  partitions: z.array(PartitionRow),
  /** min.insync.replicas, below which a partition refuses writes with acks=all; null: not read, because no replica is missing, or not told. */
  minInSync: int.nullable(),
  /** Groups with a committed offset or a member on this topic; null while they are being read. */
  groups: z.array(TopicGroupRow).nullable(),
  /** Columns: inRecords, inBytes per second. */
  series: Series,
});
export type TopicView = Shape<typeof TopicView>;

export const topics = subject({
  channels: {
    topics: channel({
      params: TopicsParams,
      data: TopicsView,
      says: 'Shows a window of the topics with partitions, records, size and rate.',
    }),
    topic: channel({
      params: z.strictObject({ name: topicName }),
      data: TopicView,
      says: 'Shows one topic: its partitions, the groups that read it, and its history of rates.',
    }),
  },
  streams: {},
  calls: {
    'topic.create': call({
      args: z.strictObject({
        name: z.string().max(maxTopicLength * 2),
        partitions: whole(1, 10_000),
        replicationFactor: whole(1, 100),
        configs: atMost(configValue, configName, maxConfigs),
      }),
      result: z.strictObject({ name: text }),
      says: 'Creates a topic with a number of partitions and replicas and with settings of its own.',
      right: 'editor',
      on: ({ name }) => ['topic', name],
      changes: true,
      http: 'POST /topics',
    }),
    'topic.delete': call({
      args: z.strictObject({ name: topicName }),
      result: z.strictObject({ name: text }),
      says: 'Deletes a topic with all its records.',
      right: 'admin',
      on: ({ name }) => ['topic', name],
      changes: true,
      http: 'DELETE /topics/{name}',
    }),
    'topic.impact': call({
      args: z.strictObject({ name: topicName }),
      result: z.strictObject({
        records: int.nullable(),
        sizeBytes: int.nullable(),
        groups: z.array(z.strictObject({ groupId: text, state: text })),
      }),
      says: 'Tells what deleting a topic would lose: records, bytes, and the groups that read it.',
      right: 'viewer',
      on: ({ name }) => ['topic', name],
      changes: false,
      http: 'GET /topics/{name}/impact',
    }),
    'topic.addPartitions': call({
      args: z.strictObject({ name: topicName, totalCount: whole(1, 10_000) }),
      result: z.strictObject({ totalCount: int }),
      says: 'Adds partitions to a topic, which cannot be undone and changes where keys go.',
      right: 'admin',
      on: ({ name }) => ['topic', name],
      needs: [CreatePartitions],
      changes: true,
      http: 'POST /topics/{name}/partitions',
    }),
    'topic.configs': call({
      args: z.strictObject({ name: topicName }),
      result: z.array(ConfigRow),
      says: 'Reads the settings of one topic, each with where its value comes from.',
      right: 'viewer',
      on: ({ name }) => ['topic', name],
      needs: [DescribeConfigs],
      changes: false,
      http: 'GET /topics/{name}/configs',
    }),
    'topic.alterConfigs': call({
      args: z.strictObject({
        name: topicName,
        /** A null value removes the setting, so that the default applies again. */
        changes: atMost(configValue.nullable(), configName, maxConfigs),
      }),
      result: z.strictObject({ changed: int }),
      says: 'Sets or removes settings of one topic.',
      right: 'admin',
      on: ({ name }) => ['topic', name],
      needs: [IncrementalAlterConfigs],
      changes: true,
      http: 'PATCH /topics/{name}/configs',
    }),
    'topic.deleteRecords': call({
      args: z.strictObject({
        name: topicName,
        before: z.array(z.strictObject({ partition, offset })).min(1).max(maxPartitionsListed),
      }),
      result: z.strictObject({
        partitions: z.array(
          z.strictObject({ partition: int, startOffset: int.nullable(), error: ErrorBody.nullable() }),
        ),
      }),
      says: 'Deletes the records of partitions that lie before an offset of each.',
      right: 'admin',
      on: ({ name }) => ['topic', name],
      needs: [DeleteRecords],
      changes: true,
      http: 'DELETE /topics/{name}/records',
    }),
    /** What the other replicas had is lost. */
    'topic.electAnyway': call({
      args: z.strictObject({ name: topicName, partitions: z.array(partition).min(1).max(1_000) }),
      result: z.strictObject({
        elected: int,
        left: z.array(z.strictObject({ partition: int, reason: text })),
      }),
      says: 'Elects a leader among replicas that are up for partitions that have none, in sync or not, which may lose records.',
      right: 'admin',
      on: ({ name }) => ['topic', name],
      needs: [ElectLeaders],
      changes: true,
      http: 'POST /topics/{name}/unclean-elections',
    }),
  },
});
