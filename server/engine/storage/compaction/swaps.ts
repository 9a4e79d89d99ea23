// What a crash left of a cleaning (Kafka's LogLoader): a file that was being written is thrown away, one that was whole takes the
// place of the segments it was made of. Called when a log is opened, before its segments are listed.
import type { Disk } from '../../../kernel/world.ts';
import { lastOffsetOf } from '../../../protocol/records/batch.ts';
import type { StorageContext } from '../context.ts';
import {
  CLEANED_SUFFIX,
  INDEX_SUFFIX,
  LOG_SUFFIX,
  offsetFileName,
  offsetOfFileName,
  SWAP_SUFFIX,
  TIME_INDEX_SUFFIX,
  TXN_INDEX_SUFFIX,
} from '../files/names.ts';
import { batchHeaders } from '../segment/batch-walk.ts';

/** Answers the names in the folder as they are now. Throws DiskError. */
export function finishSwaps({
  context,
  folder,
}: {
  readonly context: StorageContext;
  readonly folder: string;
}): readonly string[] {
  const { disk, log } = context;
  const names = disk.list(folder);
  if (!names.some((name) => name.endsWith(CLEANED_SUFFIX) || name.endsWith(SWAP_SUFFIX))) return names;
  context.names.changed(folder);
  for (const name of names) if (name.endsWith(CLEANED_SUFFIX)) disk.remove(disk.join(folder, name));
  for (const name of names) {
    const baseOffset = name.endsWith(SWAP_SUFFIX)
      ? offsetOfFileName(name.slice(0, -SWAP_SUFFIX.length), LOG_SUFFIX)
      : null;
    if (baseOffset === null) continue;
    const path = disk.join(folder, name);
    const lastOffset = lastOffsetIn(disk, path, baseOffset);
    for (const other of names) {
      const base = offsetOfFileName(other, LOG_SUFFIX);
      if (base !== null && base >= baseOffset && base <= lastOffset) removeSegment(disk, folder, base);
    }
    removeSegment(disk, folder, baseOffset);
    disk.rename(path, disk.join(folder, offsetFileName(baseOffset, LOG_SUFFIX)));
    log.info(`${path} was finished cleaning and took its place`);
  }
  return disk.list(folder);
}

/** The file was whole on disk before it was named so. */
function lastOffsetIn(disk: Disk, path: string, baseOffset: number): number {
  const file = disk.open(path);
  try {
    let lastOffset = baseOffset;
    for (const { header } of batchHeaders(() => file, 0, file.sizeBytes(), 1 << 20)) lastOffset = lastOffsetOf(header);
    return lastOffset;
  } finally {
    file.close();
  }
}
function removeSegment(disk: Disk, folder: string, base: number): void {
  for (const suffix of [INDEX_SUFFIX, TIME_INDEX_SUFFIX, TXN_INDEX_SUFFIX, LOG_SUFFIX]) {
    disk.remove(disk.join(folder, offsetFileName(base, suffix)));
  }
}
