// The front page of a cluster.
import { z } from 'zod';
import { BrokerRow } from './brokers.ts';
import { channel, type Shape, subject } from './declare.ts';
import { GroupRow } from './groups.ts';
import { nothing } from './inputs.ts';
import { Health, int, real, Sampled, Series, text } from './parts.ts';
import { TopicRow } from './topics.ts';

export const OverviewView = z.strictObject({
  ...Sampled.shape,
  clusterId: text.nullable(),
  health: Health,
  brokersUp: int,
  brokersKnown: int,
  topics: int,
  partitions: int,
  groups: int.nullable(),
  sizeBytes: int.nullable(),
  inRecordsPerSecond: real.nullable(),
  inBytesPerSecond: real.nullable(),
  /** Records per second that groups committed. */
  outRecordsPerSecond: real.nullable(),
  /** outRecordsPerSecond × mean stored bytes per record of each topic: an estimate, shown as one. */
  outBytesPerSecondEstimate: real.nullable(),
  /** Columns: inRecords, inBytes, outRecords, outBytes; all per second. */
  series: Series,
  brokers: z.array(BrokerRow),
  busiestTopics: z.array(TopicRow),
  laggingGroups: z.array(GroupRow),
});
export type OverviewView = Shape<typeof OverviewView>;

export const overview = subject({
  channels: {
    overview: channel({
      params: nothing,
      data: OverviewView,
      says: 'Shows how the cluster is: its health with causes, its brokers, its rates, and what is busy or behind.',
    }),
  },
  streams: {},
  calls: {},
});
