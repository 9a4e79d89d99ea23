// What takes a reset of offsets back: where the group stood before. Pure; called by the group's page.
import type { ResetRow } from '../../server/live/contract.ts';

export interface ResetUndo {
  readonly offsets: { topic: string; partition: number; offset: number }[];
  /** Partitions that had no committed offset: Kafka cannot be told to forget the new one of a single partition. */
  readonly keptPartitions: number;
}

export function undoOf(rows: readonly ResetRow[]): ResetUndo {
  const offsets = rows.flatMap(({ topic, partition, currentOffset }) =>
    currentOffset === null ? [] : [{ topic, partition, offset: currentOffset }],
  );
  return { offsets, keptPartitions: rows.length - offsets.length };
}
