// Writing a small file that can be rebuilt from the log: without the flushes of Disk.replace, since whoever reads it checks it.
import type { Disk } from '../../../kernel/world.ts';

/** Replaces the content; a crash may leave part of it. Throws DiskError. */
export function writePlain(disk: Disk, path: string, bytes: Buffer): void {
  const file = disk.open(path);
  try {
    file.truncate(0);
    if (bytes.length > 0) file.append([bytes]);
  } finally {
    file.close();
  }
}
