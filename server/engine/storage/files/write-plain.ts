// Writing a small file that can be rebuilt from the log: without the flushes of Disk.replace, since whoever reads it checks it.
import type { Disk } from '../../../kernel/world.ts';

/** Replaces the content; a crash may leave part of it. Throws DiskError. */
export function writePlain(disk: Disk, path: string, bytes: Buffer): void {
  const file = disk.open(path);
  try {
    // Over the old content, not behind a cut to nothing: some file systems flush a file that was emptied when it is closed.
    if (bytes.length > 0) file.write(0, bytes);
    if (file.sizeBytes() !== bytes.length) file.truncate(bytes.length);
  } finally {
    file.close();
  }
}
