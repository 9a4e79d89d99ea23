// A CoordinatorStore over arrays: for tests. Commits at once, or when told to.
import { ErrorCode } from '../../../protocol/errors.ts';
import type { EndMarker, NewMarker } from '../../../protocol/records/marker.ts';
import type { NewRecord } from '../../../protocol/records/record.ts';
import type { CoordinatorStore, TransactionalProducer } from '../store.ts';

export interface ArrayRecord extends NewRecord {
  /** −1 or absent outside a transaction. */
  readonly producerId?: number;
  readonly marker?: EndMarker | null;
}

export class ArrayStore implements CoordinatorStore {
  readonly logs = new Map<number, ArrayRecord[]>();
  /** False holds the high watermark back until commit(). */
  commitsAtOnce = true;
  /** What the next appends are refused with; NONE takes them. */
  refusal: number = ErrorCode.NONE;
  /** Batches appended so far. */
  appends = 0;
  readonly #highWatermarks = new Map<number, number>();
  #parked: { partition: number; offset: number; done: (errorCode: number) => void }[] = [];

  log(partition: number): ArrayRecord[] {
    let log = this.logs.get(partition);
    if (log === undefined) {
      log = [];
      this.logs.set(partition, log);
    }
    return log;
  }

  append(partition: number, records: readonly NewRecord[], producer?: TransactionalProducer) {
    return this.#add(
      partition,
      records.map((record) => ({ ...record, producerId: producer?.producerId ?? -1, marker: null })),
    );
  }

  appendMarker(partition: number, marker: Omit<NewMarker, 'timestampMs'>) {
    const { producerId } = marker;
    return this.#add(partition, [{ timestampMs: 0, key: null, value: null, producerId, marker }]);
  }

  #add(partition: number, records: readonly ArrayRecord[]) {
    if (this.refusal !== ErrorCode.NONE) return { errorCode: this.refusal };
    const log = this.log(partition);
    log.push(...records);
    this.appends++;
    if (this.commitsAtOnce) this.commit();
    return { lastOffset: log.length - 1 };
  }

  whenCommitted(partition: number, offset: number, done: (errorCode: number) => void): void {
    if (this.commitsAtOnce || offset < (this.#highWatermarks.get(partition) ?? 0)) done(ErrorCode.NONE);
    else this.#parked.push({ partition, offset, done });
  }

  /** Everything appended so far is committed now; or, with an error, never will be. */
  commit(errorCode: number = ErrorCode.NONE): void {
    for (const [partition, log] of this.logs) this.#highWatermarks.set(partition, log.length);
    const parked = this.#parked;
    this.#parked = [];
    for (const { done } of parked) done(errorCode);
  }

  async replay(
    partition: number,
    each: Parameters<CoordinatorStore['replay']>[1],
    onMarker?: Parameters<CoordinatorStore['replay']>[2],
  ): Promise<void> {
    this.log(partition).forEach(({ timestampMs, key, value, producerId = -1, marker = null }, offset) => {
      if (marker === null) each({ offset, timestampMs, key, value, producerId });
      else onMarker?.(producerId, marker);
    });
  }
}
