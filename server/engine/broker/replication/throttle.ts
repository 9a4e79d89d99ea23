// Holds copying of named replicas to a rate, on the side of their leaders or of their followers (KIP-73, ReplicationQuotaManager).
// Only what is out of sync and named is ever held back; it is asked before bytes are read and told of those that were. Used by
// fetch-read.ts and the fetchers.
import type { Clock } from '../../../kernel/world.ts';
import { RateWindow } from '../../replication/rate-window.ts';

export class ReplicationThrottle {
  readonly #clock: Clock;
  readonly #bytesPerSecond: () => number;
  readonly #window = new RateWindow();

  /** `bytesPerSecond`: the rate in force, Infinity for none. */
  constructor(clock: Clock, bytesPerSecond: () => number) {
    this.#clock = clock;
    this.#bytesPerSecond = bytesPerSecond;
  }

  isExceeded(): boolean {
    return this.#window.bytesPerSecond(this.#clock.monotonicMs()) > this.#bytesPerSecond();
  }
  /** Bytes of a replica that is named, whether it is in sync or not. */
  record(bytes: number): void {
    this.#window.record(bytes, this.#clock.monotonicMs());
  }
}
