// A CoordinatorStore over arrays: for tests. Commits at once, or when told to.
import { ErrorCode } from '../../../protocol/errors.ts';
import type { NewRecord } from '../../../protocol/records/record.ts';
import type { CoordinatorStore } from '../store.ts';

export class ArrayStore implements CoordinatorStore {
  readonly logs = new Map<number, NewRecord[]>();
  /** False holds the high watermark back until commit(). */
  commitsAtOnce = true;
  /** What the next appends are refused with; NONE takes them. */
  refusal: number = ErrorCode.NONE;
  /** Batches appended so far. */
  appends = 0;
  readonly #highWatermarks = new Map<number, number>();
  #parked: { partition: number; offset: number; done: (errorCode: number) => void }[] = [];

  log(partition: number): NewRecord[] {
    let log = this.logs.get(partition);
    if (log === undefined) {
      log = [];
      this.logs.set(partition, log);
    }
    return log;
  }

  append(partition: number, records: readonly NewRecord[]) {
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

  async replay(partition: number, each: Parameters<CoordinatorStore['replay']>[1]): Promise<void> {
    this.log(partition).forEach((record, offset) => {
      each({ offset, timestampMs: record.timestampMs, key: record.key, value: record.value });
    });
  }
}
