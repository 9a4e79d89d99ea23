// What a coordinator needs of the log it keeps its state in, one partition of an internal topic at a time. The broker
// implements it over its replicas; tests over arrays.
import type { Int64 } from '../../kernel/int64.ts';
import type { EndMarker, NewMarker } from '../../protocol/records/marker.ts';
import type { NewRecord } from '../../protocol/records/record.ts';

/** Who writes records that count only once its transaction is committed. */
export interface TransactionalProducer {
  readonly producerId: number;
  readonly producerEpoch: number;
}
export interface StoredRecord {
  readonly offset: number;
  readonly timestampMs: Int64;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Of the transaction it is part of; −1 when it is part of none. */
  readonly producerId: number;
}

export interface CoordinatorStore {
  /**
   * Appends to the partition led here, all or nothing, without waiting. `lastOffset` is that of the last record.
   * Otherwise a Kafka error code: NOT_LEADER_OR_FOLLOWER, MESSAGE_TOO_LARGE, KAFKA_STORAGE_ERROR, …
   */
  append(
    partition: number,
    records: readonly NewRecord[],
    producer?: TransactionalProducer,
  ): { readonly lastOffset: number } | { readonly errorCode: number };
  /** Ends the producer's transaction in the partition led here; a marker that is here already is not written twice. */
  appendMarker(
    partition: number,
    marker: Omit<NewMarker, 'timestampMs'>,
    transactionVersion: number,
  ): { readonly lastOffset: number } | { readonly errorCode: number };
  /** Runs `done` with 0 once `offset` is below the high watermark (at once if it is), or with an error code when leadership is lost. */
  whenCommitted(partition: number, offset: number, done: (errorCode: number) => void): void;
  /**
   * Every record from the start of the log to its end, in order, in bounded steps: calls `each`, and `onMarker` where a transaction
   * ends, then resolves. Rejects when the partition is not led here, or no longer.
   */
  replay(
    partition: number,
    each: (record: StoredRecord) => void,
    onMarker?: (producerId: number, marker: EndMarker) => void,
  ): Promise<void>;
}
