// What an operator may say to the cleaner (Kafka's CleanerConfig), as numbers. Asked anew for each look, each log and each turn, so that
// a change is in force without a restart.

export interface CleanerSettings {
  /** log.cleaner.backoff.ms: between two looks for something to clean. */
  readonly backoffMs: number;
  /** log.cleaner.dedupe.buffer.size: of the key map. */
  readonly mapBytes: number;
  /** log.cleaner.io.buffer.load.factor: how full the key map may get. */
  readonly loadFactor: number;
  /** log.cleaner.io.buffer.size: half for what is read, half for what is written. */
  readonly ioBufferBytes: number;
  /** log.cleaner.io.max.bytes.per.second: read and written together. */
  readonly ioBytesPerSecond: number;
}

/** Kafka's, but for the key map: DIVERGES: some 1.2 million keys, a quarter of Kafka's. */
export const DEFAULT_CLEANER_SETTINGS: CleanerSettings = {
  backoffMs: 15_000,
  mapBytes: 33_554_432,
  loadFactor: 0.9,
  ioBufferBytes: 524_288,
  ioBytesPerSecond: Number.MAX_VALUE,
};

/** `setting` answers broker settings by Kafka's names; they were validated when they were set. */
export function cleanerSettingsFrom(setting: (name: string) => string): CleanerSettings {
  return {
    backoffMs: Number(setting('log.cleaner.backoff.ms')),
    mapBytes: Number(setting('log.cleaner.dedupe.buffer.size')),
    loadFactor: Number(setting('log.cleaner.io.buffer.load.factor')),
    ioBufferBytes: Number(setting('log.cleaner.io.buffer.size')),
    ioBytesPerSecond: Number(setting('log.cleaner.io.max.bytes.per.second')),
  };
}
