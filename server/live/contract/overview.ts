// The front page of a cluster.
import type { BrokerRow } from './brokers.ts';
import type { GroupRow } from './groups.ts';
import type { Health, Sampled, Series } from './parts.ts';
import type { TopicRow } from './topics.ts';

export interface OverviewView extends Sampled {
  readonly clusterId: string | null;
  readonly health: Health;
  readonly brokersUp: number;
  readonly brokersKnown: number;
  readonly topics: number;
  readonly partitions: number;
  readonly groups: number | null;
  readonly sizeBytes: number | null;
  readonly inRecordsPerSecond: number | null;
  readonly inBytesPerSecond: number | null;
  /** Records per second that groups committed. */
  readonly outRecordsPerSecond: number | null;
  /** outRecordsPerSecond × mean stored bytes per record of each topic: an estimate, shown as one. */
  readonly outBytesPerSecondEstimate: number | null;
  /** Columns: inRecords, inBytes, outRecords, outBytes; all per second. */
  readonly series: Series;
  readonly brokers: readonly BrokerRow[];
  readonly busiestTopics: readonly TopicRow[];
  readonly laggingGroups: readonly GroupRow[];
}
