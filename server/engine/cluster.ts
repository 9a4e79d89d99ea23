// The embedded cluster as one object.
import type { LogLevel, LogLine } from './host/world.ts';

export interface ClusterOptions {
  readonly brokers: number;
  /** Where brokers listen. */
  readonly host: string;
  /** Broker i listens on kafkaPort + i − 1. */
  readonly kafkaPort: number;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Static broker settings by Kafka's names, over the laptop defaults. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLog: (line: LogLine) => void;
}
export interface Cluster {
  readonly bootstrapServers: string[];
  readonly clusterId: string;
  close(): Promise<void>;
}
/** One clear line: what is wrong and how to mend it. */
export class ClusterStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClusterStartError';
  }
}
export async function startCluster(_options: ClusterOptions): Promise<Cluster> {
  throw new Error('not yet');
}
