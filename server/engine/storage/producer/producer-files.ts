// The snapshot files of one partition's folder: written at each roll and clean close, the last two kept, the newest good one
// loaded. A damaged one is deleted; the log then replays from further back.
import { DecodeError } from '../../../kernel/decode-error.ts';
import { DiskError } from '../../../kernel/world.ts';
import type { StorageContext } from '../context.ts';
import { offsetFileName, offsetOfFileName, SNAPSHOT_SUFFIX } from '../files/names.ts';
import { writePlain } from '../files/write-plain.ts';
import { formatSnapshot, parseSnapshot } from './producer-snapshot.ts';
import { ProducerState } from './producer-state.ts';

const SNAPSHOTS_KEPT = 2;

function snapshotOffsets({ disk }: StorageContext, folder: string): number[] {
  const offsets: number[] = [];
  for (const name of disk.list(folder)) {
    const offset = offsetOfFileName(name, SNAPSHOT_SUFFIX);
    if (offset !== null) offsets.push(offset);
  }
  return offsets;
}
const pathOf = ({ disk }: StorageContext, folder: string, offset: number): string =>
  disk.join(folder, offsetFileName(offset, SNAPSHOT_SUFFIX));

/**
 * The state at the largest offset not above `upToOffset` that a good snapshot gives; an empty one at 0 when there is none. Snapshots
 * above `endOffset`, that of the log, tell of records that are gone: they are deleted.
 */
export function loadSnapshot(
  context: StorageContext,
  folder: string,
  { upToOffset, endOffset }: { readonly upToOffset: number; readonly endOffset: number },
): { readonly state: ProducerState; readonly offset: number } {
  for (const offset of snapshotOffsets(context, folder).reverse()) {
    const path = pathOf(context, folder, offset);
    if (offset > endOffset) {
      context.names.changed(folder);
      context.disk.remove(path);
      continue;
    }
    if (offset > upToOffset) continue;
    try {
      return { state: new ProducerState(parseSnapshot(context.disk.read(path) ?? Buffer.alloc(0))), offset };
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      context.log.warn(`${path}: ${error.message}; producer state is rebuilt from the log`);
      context.disk.remove(path);
    }
  }
  return { state: new ProducerState(), offset: 0 };
}

/** Writes the snapshot for `offset` and deletes old ones. A failure is only a slower start. */
export function storeSnapshot(context: StorageContext, folder: string, offset: number, state: ProducerState): void {
  const path = pathOf(context, folder, offset);
  try {
    writePlain(context.disk, path, formatSnapshot(state.entries()));
    for (const old of snapshotOffsets(context, folder).slice(0, -SNAPSHOTS_KEPT)) {
      context.disk.remove(pathOf(context, folder, old));
    }
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    context.log.warn(`${path} was not written (${error.message})`);
  }
}

/** When every record they tell of is gone. Throws DiskError. */
export function removeSnapshots(context: StorageContext, folder: string): void {
  for (const offset of snapshotOffsets(context, folder)) context.disk.remove(pathOf(context, folder, offset));
}
