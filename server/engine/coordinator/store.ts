// What a coordinator needs of the log it keeps its state in, one partition of an internal topic at a time. The broker
// implements it over its replicas; tests over arrays.
import type { NewRecord } from '../../protocol/records/record.ts';

export interface CoordinatorStore {
  /**
   * Appends to the partition led here, all or nothing, without waiting. `lastOffset` is that of the last record.
   * Otherwise a Kafka error code: NOT_LEADER_OR_FOLLOWER, MESSAGE_TOO_LARGE, KAFKA_STORAGE_ERROR, …
   */
  append(
    partition: number,
    records: readonly NewRecord[],
  ): { readonly lastOffset: number } | { readonly errorCode: number };
  /** Runs `done` with 0 once `offset` is below the high watermark (at once if it is), or with an error code when leadership is lost. */
  whenCommitted(partition: number, offset: number, done: (errorCode: number) => void): void;
  /**
   * Every record from the start of the log to its end, in order, in bounded steps: calls `each`, then resolves. Rejects when the
   * partition is not led here, or no longer.
   */
  replay(
    partition: number,
    each: (record: { offset: number; timestampMs: number; key: Buffer | null; value: Buffer | null }) => void,
  ): Promise<void>;
}
