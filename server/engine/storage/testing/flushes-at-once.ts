// What a disk in memory is asked to bring to the platter while the thread waits, for tests: an unlucky disk takes a tenth of a second.
import type { MemoryDisk } from '../../../kernel/memory-disk.ts';

/** Grows with each call from now on: "operation path". */
export function flushesAtOnce(disk: MemoryDisk): readonly string[] {
  const asked: string[] = [];
  // The one in memory does by the synchronous call, in the same turn, what is asked for later.
  let isLater = false;
  const later = <T>(run: () => T): T => {
    isLater = true;
    const answer = run();
    isLater = false;
    return answer;
  };
  const note = (what: string) => {
    if (!isLater) asked.push(what);
  };
  const [open, replace, replaceLater] = [disk.open.bind(disk), disk.replace.bind(disk), disk.replaceLater.bind(disk)];
  disk.replace = (path, bytes) => {
    note(`replace ${path}`);
    replace(path, bytes);
  };
  disk.replaceLater = (path, bytes) => later(() => replaceLater(path, bytes));
  disk.open = (path) => {
    const file = open(path);
    const [flush, flushNow] = [file.flush.bind(file), file.flushNow.bind(file)];
    file.flush = () => later(flush);
    file.flushNow = () => {
      note(`flush ${path}`);
      flushNow();
    };
    return file;
  };
  return asked;
}
