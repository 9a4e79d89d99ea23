// The files of a broker's folder that say where each of its logs is: up to where it survives a power loss, where it begins, what of it
// is committed and how far it was cleaned (Kafka's OffsetCheckpointFile). LogFolder says when they are written.
import { DecodeError } from '../../kernel/decode-error.ts';
import type { World } from '../../kernel/world.ts';
import { CheckpointFile } from './files/checkpoint-file.ts';
import { formatOffsets, parseOffsets } from './files/checkpoint-text.ts';
import { partitionKey } from './files/names.ts';

const RECOVERY_POINTS = 'recovery-point-offset-checkpoint';
const START_OFFSETS = 'log-start-offset-checkpoint';
const HIGH_WATERMARKS = 'replication-offset-checkpoint';
const CLEANED_OFFSETS = 'cleaner-offset-checkpoint';

/** What is written down of a log; PartitionLog is one. */
export interface CheckpointedLog {
  readonly topic: string;
  readonly partition: number;
  readonly startOffset: number;
  readonly endOffset: number;
  readonly cleanedUpTo: number;
  readonly checkpointedPoint: number;
  readonly checkpointedHighWatermark: number;
}
/** By "topic-partition". */
type Offsets = ReadonlyMap<string, number>;

export class Checkpoints {
  readonly recoveryPoints: CheckpointFile;
  readonly startOffsets: CheckpointFile;
  readonly highWatermarks: CheckpointFile;
  readonly cleanedOffsets: CheckpointFile;
  /** As they were when the folder was opened. */
  readonly stored: {
    readonly recoveryPoints: Offsets;
    readonly startOffsets: Offsets;
    readonly cleanedOffsets: Offsets;
  };
  readonly #world: World;
  readonly #folder: string;
  readonly #logs: () => Iterable<CheckpointedLog>;
  /** Of the stored high watermarks those that nobody has taken up. */
  readonly #untaken: Map<string, number>;
  /** Names in the files whose log is gone: a new log of that name must not inherit its offsets. */
  readonly #stale = new Set<string>();
  /** Counts logs that went. */
  #departures = 0;
  #areBeingWritten = false;

  /** Reads the files. Throws DiskError. */
  constructor(world: World, folder: string, logs: () => Iterable<CheckpointedLog>) {
    this.#world = world;
    this.#folder = folder;
    this.#logs = logs;
    this.#untaken = this.#read(HIGH_WATERMARKS);
    this.stored = {
      recoveryPoints: this.#read(RECOVERY_POINTS),
      startOffsets: this.#read(START_OFFSETS),
      cleanedOffsets: this.#read(CLEANED_OFFSETS),
    };
    this.recoveryPoints = this.#file(RECOVERY_POINTS, (log) => log.checkpointedPoint);
    this.startOffsets = this.#file(START_OFFSETS, (log) => log.startOffset);
    this.cleanedOffsets = this.#file(CLEANED_OFFSETS, (log) => Math.min(log.cleanedUpTo, log.endOffset));
    // What nobody took up stays as it was: its log may end in records that were never committed.
    this.highWatermarks = this.#file(HIGH_WATERMARKS, (log) =>
      Math.min(this.#untaken.get(keyOf(log)) ?? log.checkpointedHighWatermark, log.endOffset),
    );
  }
  #file(name: string, offsetOf: (log: CheckpointedLog) => number): CheckpointFile {
    const content = () =>
      formatOffsets(
        Array.from(this.#logs(), (log) => ({ topic: log.topic, partition: log.partition, offset: offsetOf(log) })),
      );
    const { disk } = this.#world;
    return new CheckpointFile(disk, disk.join(this.#folder, name), content);
  }
  /** A damaged file counts as none: logs are then checked from their beginning. */
  #read(name: string): Map<string, number> {
    const { disk, log } = this.#world;
    const path = disk.join(this.#folder, name);
    const bytes = disk.read(path);
    if (bytes === null) return new Map();
    try {
      return parseOffsets(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      log.warn(`${path} is damaged (${error.message}) and ignored`);
      return new Map();
    }
  }

  /** All logs of the folder are open: other names that were stored are stale. */
  opened(isOpen: (key: string) => boolean): void {
    const { recoveryPoints, startOffsets, cleanedOffsets } = this.stored;
    for (const key of [...recoveryPoints.keys(), ...startOffsets.keys(), ...cleanedOffsets.keys()]) {
      if (!isOpen(key)) this.#stale.add(key);
    }
  }
  /** The log is the folder's no more. */
  gone(key: string): void {
    this.#departures++;
    this.#untaken.delete(key);
    this.#stale.add(key);
  }
  isStale(key: string): boolean {
    return this.#stale.has(key);
  }
  /** The stored high watermark, once; 0 when there is none. */
  takeHighWatermark(key: string): number {
    const offset = this.#untaken.get(key) ?? 0;
    this.#untaken.delete(key);
    return offset;
  }

  /** Whether writeAllLater() is still about it. */
  get areBeingWritten(): boolean {
    return this.#areBeingWritten;
  }
  /** All of them, at once. Throws DiskError. */
  writeAll(): void {
    for (const file of this.#all()) file.write();
    this.#stale.clear();
  }
  /** All of them, beside the thread. Rejects with DiskError. */
  async writeAllLater(): Promise<void> {
    const departures = this.#departures;
    this.#areBeingWritten = true;
    try {
      await Promise.all(this.#all().map((file) => file.writeLater()));
      if (departures === this.#departures) this.#stale.clear();
    } finally {
      this.#areBeingWritten = false;
    }
  }
  /** What the files promise of a log must never be more than it has. Throws DiskError. */
  writeAfterCut(): void {
    this.highWatermarks.write();
    this.recoveryPoints.write();
  }
  #all(): readonly CheckpointFile[] {
    return [this.recoveryPoints, this.startOffsets, this.cleanedOffsets, this.highWatermarks];
  }
}
function keyOf({ topic, partition }: CheckpointedLog): string {
  return partitionKey(topic, partition);
}
