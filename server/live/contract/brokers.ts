// The brokers of the cluster, and what a setting of a broker, topic or group is.
import type { Sampled } from './parts.ts';

export interface BrokerRow {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly isUp: boolean;
  readonly leaders: number;
  readonly replicas: number;
  /** Sum of the log sizes on this broker; null when it did not answer. */
  readonly sizeBytes: number | null;
  readonly inRecordsPerSecond: number | null;
  readonly inBytesPerSecond: number | null;
}
export interface BrokersView extends Sampled {
  readonly rows: readonly BrokerRow[];
}

export interface ConfigRow {
  readonly name: string;
  /** null when sensitive or unset. */
  readonly value: string | null;
  readonly source: 'TOPIC' | 'DYNAMIC_BROKER' | 'DYNAMIC_DEFAULT' | 'STATIC_BROKER' | 'DEFAULT' | 'GROUP' | 'UNKNOWN';
  readonly isReadOnly: boolean;
  readonly isSensitive: boolean;
  readonly type: string;
  readonly documentation: string | null;
  /** The value that applies when this one is removed; null when unknown. */
  readonly defaultValue: string | null;
}
