// What the logs of one folder share: bounded sets of open files and loaded indexes, the trash, and the parts of World they use.
import type { Clock, Compression, Disk, Log, Random, World } from '../../kernel/world.ts';
import { FolderNames } from './files/folder-names.ts';
import { OpenFiles } from './files/open-files.ts';
import { Trash } from './files/trash.ts';
import { LoadedIndexes } from './segment/loaded-indexes.ts';

/** Handles for all logs of a folder. */
const OPEN_FILES_LIMIT = 500;
/** Indexes of sealed segments in memory, for all logs of a folder. */
const LOADED_INDEX_BYTES = 32 << 20;

export interface StorageContext {
  readonly clock: Clock;
  readonly disk: Disk;
  readonly compression: Compression;
  readonly log: Log;
  readonly random: Random;
  readonly files: OpenFiles;
  readonly indexes: LoadedIndexes;
  readonly trash: Trash;
  readonly names: FolderNames;
  /** Logs with appends that flush.ms will flush. */
  readonly unflushed: Set<TimedFlush>;
}
/** What flushing by time needs of a log. */
export interface TimedFlush {
  readonly config: { readonly flushMs: number };
  readonly unflushedSinceMs: number | null;
  flush(): Promise<void>;
}

export function storageContext(world: World, openFilesLimit = OPEN_FILES_LIMIT): StorageContext {
  const { clock, disk, compression, log, random } = world;
  return {
    clock,
    disk,
    compression,
    log,
    random,
    files: new OpenFiles(disk, openFilesLimit),
    indexes: new LoadedIndexes(LOADED_INDEX_BYTES),
    trash: new Trash(disk, log),
    names: new FolderNames(disk),
    unflushed: new Set(),
  };
}
