// A broker's log dir: every partition's log below it, and the files that describe them together (meta.properties, checkpoints,
// the clean-shutdown marker). The broker opens it once, ticks it and closes it. It never decides which partitions should exist.
import { DecodeError } from '../../kernel/decode-error.ts';
import { type CancelTimer, DiskError, TEMPORARY_SUFFIX, type World } from '../../kernel/world.ts';
import { Checkpoints } from './checkpoints.ts';
import { Cleaner } from './compaction/cleaner.ts';
import { type CleanerSettings, DEFAULT_CLEANER_SETTINGS } from './compaction/cleaner-settings.ts';
import { type StorageContext, storageContext } from './context.ts';
import {
  formatMetaProperties,
  formatPartitionMetadata,
  type MetaProperties,
  parseMetaProperties,
  parsePartitionMetadata,
} from './files/checkpoint-text.ts';
import { deletedFolderName, isDeletedFolder, parsePartitionFolder, partitionKey } from './files/names.ts';
import { writePlain } from './files/write-plain.ts';
import { PartitionLog } from './log/log.ts';
import type { LogCheckpoint } from './log/opening.ts';
import type { LogConfig } from './log-config.ts';

const META_PROPERTIES = 'meta.properties';
const CLEAN_MARKER = '.kafka_cleanshutdown';
const LOCK = '.lock';
const PARTITION_METADATA = 'partition.metadata';

const CHECKPOINT_INTERVAL_MS = 60_000;
/** replica.high.watermark.checkpoint.interval.ms. */
const HIGH_WATERMARK_INTERVAL_MS = 5_000;
const RETENTION_INTERVAL_MS = 300_000;
/** Bounds of one tick: logs looked at for retention, files or folders deleted. */
const RETENTION_PER_TICK = 50;
const DELETES_PER_TICK = 8;
/** Between two pieces of a big file that is deleted. */
const EMPTYING_PAUSE_MS = 10;
const CONCURRENT_FLUSHES = 8;

export interface LogFolderOptions {
  readonly folder: string;
  readonly nodeId: number;
  /** Base64url of 16 bytes. */
  readonly clusterId: string;
  configOf(topic: string): LogConfig;
  /** log.retention.check.interval.ms; 300,000 when absent. */
  readonly retentionCheckMs?: number;
  /** log.cleaner.*, as they are in force; Kafka's defaults when absent. */
  cleanerSettings?(): CleanerSettings;
}

/** The folder cannot be used; the message is one line that says what and how to mend it. */
export class LogFolderError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LogFolderError';
  }
}

export class LogFolder {
  readonly #logs = new Map<string, PartitionLog>();
  /** Base64url of 16 bytes, made once and kept in meta.properties. */
  readonly directoryId: string;
  /** Broker epoch in which the folder was last closed cleanly; −1 when it was not, or the epoch was not written down (KIP-966). */
  readonly cleanShutdownEpoch: number;
  readonly #world: World;
  readonly #options: LogFolderOptions;
  readonly #context: StorageContext;
  readonly #checkpoints: Checkpoints;
  #checkpointDueMs: number | null = null;
  #highWatermarksDueMs: number | null = null;
  #retentionDueMs: number | null = null;
  #retentionQueue: PartitionLog[] = [];
  readonly cleaner: Cleaner;
  #cancelEmptying: CancelTimer = () => {};
  #epochsBeingStored = 0;

  /** Opens every partition below the folder, recovering what was not closed cleanly. Throws LogFolderError. */
  static open(world: World, options: LogFolderOptions): LogFolder {
    try {
      return new LogFolder(world, options);
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      throw new LogFolderError(
        `Data folder ${options.folder} cannot be used (${error.errno}): ${error.message}. Make it readable and writable, or choose another.`,
      );
    }
  }
  private constructor(world: World, options: LogFolderOptions) {
    this.#world = world;
    this.#options = options;
    this.#context = storageContext(world);
    this.cleaner = new Cleaner({
      world,
      logs: () => this.#logs.values(),
      onCleaned: () => this.#later('checkpoint of the cleaner', this.#checkpoints.cleanedOffsets.writeLater()),
      settings: () => options.cleanerSettings?.() ?? DEFAULT_CLEANER_SETTINGS,
    });
    world.disk.makeFolder(options.folder);
    this.directoryId = this.#adopt();
    const marker = world.disk.read(this.#path(CLEAN_MARKER));
    const isClean = marker !== null;
    this.cleanShutdownEpoch = marker === null ? -1 : epochIn(marker);
    world.disk.remove(this.#path(CLEAN_MARKER));
    // What a killed process made is not there for good yet, and were the marker to come back, a later start would believe what it says.
    this.#context.names.changed(options.folder);
    if (isClean) this.#context.names.flushNow(options.folder);
    this.#checkpoints = new Checkpoints(world, options.folder, () => this.#logs.values());
    this.#openLogs(isClean);
  }
  /** By "topic-partition". */
  get logs(): ReadonlyMap<string, PartitionLog> {
    return this.#logs;
  }
  /** Files and folders waiting to be deleted. */
  get trashSize(): number {
    return this.#context.trash.size;
  }
  #path(name: string): string {
    return this.#world.disk.join(this.#options.folder, name);
  }

  /** Checks that the folder is this node's and can be written to, or makes it so. Answers the directory id. */
  #adopt(): string {
    const { disk, random } = this.#world;
    const { folder, clusterId, nodeId } = this.#options;
    disk.open(this.#path(LOCK)).close();
    const bytes = disk.read(this.#path(META_PROPERTIES));
    if (bytes === null) {
      const directoryId = random.uuid();
      disk.replace(this.#path(META_PROPERTIES), formatMetaProperties({ clusterId, nodeId, directoryId }));
      return directoryId;
    }
    const stored = readMetaProperties(bytes, folder);
    if (stored.clusterId !== clusterId) {
      throw new LogFolderError(
        `Data folder ${folder} belongs to cluster ${stored.clusterId}, not ${clusterId}. Choose another data folder, or remove this one to start afresh.`,
      );
    }
    if (stored.nodeId !== nodeId) {
      throw new LogFolderError(
        `Data folder ${folder} belongs to node ${stored.nodeId}, not ${nodeId}. Choose another data folder, or remove this one to start afresh.`,
      );
    }
    return stored.directoryId;
  }

  #openLogs(isClean: boolean): void {
    const { disk, log } = this.#world;
    const { recoveryPoints, startOffsets, cleanedOffsets } = this.#checkpoints.stored;
    for (const name of disk.list(this.#options.folder)) {
      if (name.endsWith(TEMPORARY_SUFFIX)) disk.remove(this.#path(name));
      if (isDeletedFolder(name)) this.#context.trash.put(this.#path(name), 0);
      const place = parsePartitionFolder(name);
      if (place === null || disk.stat(this.#path(name))?.isFolder !== true) continue;
      const topicId = parsePartitionMetadata(
        disk.read(disk.join(this.#path(name), PARTITION_METADATA)) ?? Buffer.alloc(0),
      );
      const recoveryPoint = recoveryPoints.get(name);
      const cleanedUpTo = cleanedOffsets.get(name) ?? 0;
      this.#openLog(place.topic, place.partition, topicId ?? '', this.#options.configOf(place.topic), {
        recoveryPoint: recoveryPoint ?? 0,
        startOffset: startOffsets.get(name) ?? 0,
        isClean: isClean && recoveryPoint !== undefined,
        cleanedUpTo,
      }).cleanedUpTo = cleanedUpTo;
    }
    this.#checkpoints.opened((key) => this.#logs.has(key));
    if (!isClean && this.#logs.size > 0) log.info(`${this.#logs.size} logs were not closed cleanly and were checked`);
  }
  #openLog(
    topic: string,
    partition: number,
    topicId: string,
    config: LogConfig,
    checkpoint?: LogCheckpoint,
  ): PartitionLog {
    const key = partitionKey(topic, partition);
    const opened = PartitionLog.open(this.#world, {
      folder: this.#path(key),
      parent: this.#options.folder,
      topic,
      partition,
      topicId,
      config,
      context: this.#context,
      onStartOffsetMoved: () => this.#checkpoints.startOffsets.write(),
      onStartOffsetFollowed: () => this.#later('checkpoint of starts', this.#checkpoints.startOffsets.writeLater()),
      onRecoveryPointLowered: () => this.#checkpoints.recoveryPoints.write(),
      onCutBelowRecoveryPoint: () => this.#guard('checkpoint after a cut', () => this.#checkpoints.writeAfterCut()),
      onCleaning: () => this.#checkpoints.recoveryPoints.writeLater(),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    });
    this.#logs.set(key, opened);
    return opened;
  }

  /** The partition's log, made when missing. A folder of another topic id is set aside for deletion first. Throws DiskError. */
  create(topic: string, partition: number, topicId: string, config: LogConfig): PartitionLog {
    const { disk } = this.#world;
    const key = partitionKey(topic, partition);
    const existing = this.#logs.get(key);
    if (existing !== undefined && existing.topicId === topicId) {
      existing.config = config;
      return existing;
    }
    // A folder whose partition.metadata was lost is taken for the topic that is asked for.
    if (existing !== undefined && existing.topicId !== '') this.remove(topic, partition);
    if (this.#checkpoints.isStale(key)) this.#checkpoints.writeAll();
    // What could not be set aside before must not become part of a new log.
    if (!this.#logs.has(key) && disk.stat(this.#path(key)) !== null) this.#setAside(topic, partition, 0);
    const metadataPath = disk.join(this.#path(key), PARTITION_METADATA);
    disk.makeFolder(this.#path(key));
    this.#context.names.changed(this.#options.folder);
    writePlain(disk, metadataPath, Buffer.from(formatPartitionMetadata(topicId)));
    if (existing === undefined || existing.topicId !== '') return this.#openLog(topic, partition, topicId, config);
    existing.closeCleanly();
    return this.#openLog(topic, partition, topicId, config, {
      recoveryPoint: existing.endOffset,
      startOffset: existing.startOffset,
      isClean: true,
    });
  }
  /** What was written down of the log's high watermark before the folder was opened, once; 0 when there is nothing or it was another topic's. */
  takeHighWatermark(topic: string, partition: number, topicId: string): number {
    const key = partitionKey(topic, partition);
    return this.#logs.get(key)?.topicId === topicId ? this.#checkpoints.takeHighWatermark(key) : 0;
  }
  /** Renames the partition's folder to "<topic>-<partition>.<id>-delete"; a later tick deletes it. No error when unknown. Throws DiskError. */
  remove(topic: string, partition: number): void {
    const key = partitionKey(topic, partition);
    const log = this.#logs.get(key);
    if (log === undefined) return;
    log.close();
    this.#logs.delete(key);
    this.#checkpoints.gone(key);
    this.#setAside(topic, partition, log.config.fileDeleteDelayMs);
  }
  #setAside(topic: string, partition: number, delayMs: number): void {
    const { clock, disk, random } = this.#world;
    const aside = this.#path(deletedFolderName(topic, partition, random.uuid()));
    disk.rename(this.#path(partitionKey(topic, partition)), aside);
    this.#context.names.forget(this.#path(partitionKey(topic, partition)));
    this.#context.names.changed(this.#options.folder);
    this.#context.trash.put(aside, clock.nowMs() + delayMs);
  }

  /** Checkpoints, flushes by time, retention and delayed deletes that are due. Call about once a second; bounded work per call. */
  tick(nowMs: number): void {
    this.#emptyTrash(nowMs);
    this.#flushDue(nowMs);
    this.#storeEpochs();
    this.cleaner.tick(nowMs);
    this.#retain(nowMs);
    this.#highWatermarksDueMs ??= nowMs + HIGH_WATERMARK_INTERVAL_MS;
    if (nowMs >= this.#highWatermarksDueMs) {
      this.#highWatermarksDueMs = nowMs + HIGH_WATERMARK_INTERVAL_MS;
      // One that the disk has not taken yet will say what is so then.
      const { highWatermarks } = this.#checkpoints;
      if (!highWatermarks.isBeingWritten) this.#later('checkpoint of high watermarks', highWatermarks.writeLater());
    }
    this.#checkpointDueMs ??= nowMs + CHECKPOINT_INTERVAL_MS;
    if (nowMs < this.#checkpointDueMs) return;
    this.#checkpointDueMs = nowMs + CHECKPOINT_INTERVAL_MS;
    if (!this.#checkpoints.areBeingWritten) this.#later('checkpoint', this.#checkpoints.writeAllLater());
  }
  #emptyTrash(nowMs: number): void {
    this.#cancelEmptying();
    const { clock, timers } = this.#world;
    if (!this.#context.trash.empty(nowMs, DELETES_PER_TICK)) return;
    this.#cancelEmptying = timers.after(EMPTYING_PAUSE_MS, () => this.#emptyTrash(clock.nowMs()));
  }
  #flushDue(nowMs: number): void {
    for (const log of this.#context.unflushed) {
      const sinceMs = log.unflushedSinceMs;
      if (sinceMs !== null && nowMs - sinceMs < log.config.flushMs) continue;
      this.#context.unflushed.delete(log);
      if (sinceMs === null) continue;
      log.flush().catch((error: unknown) => this.#world.log.error(`flush failed: ${String(error)}`));
    }
  }
  #retain(nowMs: number): void {
    const intervalMs = this.#options.retentionCheckMs ?? RETENTION_INTERVAL_MS;
    this.#retentionDueMs ??= nowMs + intervalMs;
    if (nowMs >= this.#retentionDueMs && this.#retentionQueue.length === 0) {
      this.#retentionDueMs = nowMs + intervalMs;
      this.#retentionQueue = [...this.#logs.values()];
    }
    for (const log of this.#retentionQueue.splice(-RETENTION_PER_TICK)) {
      if (this.#logs.get(partitionKey(log.topic, log.partition)) !== log) continue;
      this.#guard(`retention of ${log.topic}-${log.partition}`, () => {
        log.expireProducers(nowMs);
        const count = log.applyRetention(nowMs);
        if (count > 0) this.#world.log.info(`${log.topic}-${log.partition}: ${count} segments past retention deleted`);
      });
    }
  }
  /** The disk may be full or gone: said, and tried again next time. */
  #guard(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#world.log.error(`${what} failed: ${error.message}`);
    }
  }

  /** The same of what is done beside the thread. */
  #later(what: string, done: Promise<void>): void {
    done.catch((error: unknown) => {
      this.#guard(what, () => {
        throw error;
      });
    });
  }
  /**
   * Epochs that changed, a few logs at a time: many change at once where a broker takes over. DIVERGES: Kafka writes them as it
   * learns of each; here a recovery point that is written down before never lies beyond them.
   */
  #storeEpochs(): void {
    for (const log of this.#logs.values()) {
      if (this.#epochsBeingStored === CONCURRENT_FLUSHES) return;
      if (!log.hasUnstoredEpochs || log.isStoringEpochs) continue;
      this.#epochsBeingStored++;
      const done = log.storeEpochsLater().finally(() => this.#epochsBeingStored--);
      this.#later(`leader epochs of ${log.label}`, done);
    }
  }

  /** Flushes every log, a few at a time: called before close(true), which then has little to wait for. Rejects with DiskError. */
  async flush(): Promise<void> {
    const waiting = [...this.#logs.values()].filter((log) => log.endOffset > log.recoveryPoint);
    const flushNext = async (): Promise<void> => {
      for (let log = waiting.pop(); log !== undefined; log = waiting.pop()) await log.flush();
    };
    await Promise.all(Array.from({ length: CONCURRENT_FLUSHES }, flushNext));
  }

  /**
   * Closes every log. `clean` flushes and leaves the clean-shutdown marker, unless the disk refuses: then the next start checks
   * the logs. Otherwise everything stays as a crash would leave it. `brokerEpoch` is the last one the broker had, −1 if it never
   * registered: then the marker says what the one before said.
   */
  close(clean: boolean, brokerEpoch = -1): void {
    this.cleaner.close();
    this.#cancelEmptying();
    if (clean) {
      this.#guard('clean shutdown', () => {
        for (const log of this.#logs.values()) log.closeCleanly();
        this.#checkpoints.writeAll();
        const epoch = brokerEpoch < 0 ? this.cleanShutdownEpoch : brokerEpoch;
        this.#world.disk.replace(this.#path(CLEAN_MARKER), JSON.stringify({ version: 0, brokerEpoch: epoch }));
      });
    }
    for (const log of this.#logs.values()) log.close();
  }
}

/** A marker that cannot be read still says that the folder was closed cleanly, but not in which epoch. */
function epochIn(marker: Buffer): number {
  const found = /"brokerEpoch"\s*:\s*(-?\d{1,15})\b/.exec(marker.toString('utf8'))?.[1];
  return found === undefined ? -1 : Number(found);
}

function readMetaProperties(bytes: Buffer, folder: string): MetaProperties {
  try {
    return parseMetaProperties(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new LogFolderError(
      `Data folder ${folder} has an unreadable ${META_PROPERTIES} (${error.message}). Mend it or choose another data folder.`,
    );
  }
}
