// A broker's log dir: every partition's log below it, and the files that describe them together (meta.properties, checkpoints,
// the clean-shutdown marker). The broker opens it once, ticks it and closes it. It never decides which partitions should exist.
import type { World } from '../../kernel/world.ts';
import type { PartitionLog } from './log.ts';
import type { LogConfig } from './log-config.ts';

export interface LogFolderOptions {
  readonly folder: string;
  readonly nodeId: number;
  /** Base64url of 16 bytes. */
  readonly clusterId: string;
  configOf(topic: string): LogConfig;
}

/** The folder cannot be used; the message is one line that says what and how to mend it. */
export class LogFolderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LogFolderError';
  }
}

export class LogFolder {
  /** By "topic-partition". */
  readonly logs: ReadonlyMap<string, PartitionLog> = new Map();
  /** Base64url of 16 bytes, made once and kept in meta.properties. */
  readonly directoryId: string = '';

  /** Opens every partition below the folder, recovering what was not closed cleanly. Throws LogFolderError. */
  static open(_world: World, _options: LogFolderOptions): LogFolder {
    throw new Error('under construction');
  }
  private constructor() {}

  /** The partition's log, made when missing. A folder of another topic id is set aside for deletion first. Throws DiskError. */
  create(_topic: string, _partition: number, _topicId: string, _config: LogConfig): PartitionLog {
    throw new Error('under construction');
  }
  /** Renames the partition's folder to "<topic>-<partition>.<id>-delete"; a later tick deletes it. No error when unknown. */
  remove(_topic: string, _partition: number): void {
    throw new Error('under construction');
  }
  /** Checkpoints, flushes by time, retention and delayed deletes that are due. Call about once a second; bounded work per call. */
  tick(_nowMs: number): void {
    throw new Error('under construction');
  }
  /** Closes every log. `clean` flushes and leaves the clean-shutdown marker; otherwise everything stays as a crash would leave it. */
  close(_clean: boolean): void {
    throw new Error('under construction');
  }
}
