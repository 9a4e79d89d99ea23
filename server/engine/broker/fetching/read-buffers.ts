// Memory that record batches are read into on their way to a client, used again once the answer has left: a fresh megabyte for
// each fetch costs more than the read itself. The Fetch handler takes a lease for each answer; who holds none (coordinators,
// look-ups) reads into memory of its own. A lease that is never given back is only garbage.
import { FramePool } from '../../rpc/framing/frame-pool.ts';

/** Below it, fresh memory is as cheap. */
const SMALLEST_BYTES = 4_096;

export class ReadBuffers {
  readonly #pool = new FramePool();

  lease(): ReadLease {
    return new ReadLease(this.#pool);
  }
  get keptBytes(): number {
    return this.#pool.keptBytes;
  }
}

export class ReadLease {
  readonly #pool: FramePool;
  #taken: Buffer[] = [];

  constructor(pool: FramePool) {
    this.#pool = pool;
  }

  /** Not cleared. An arrow: it is handed to the log alone. */
  readonly take = (bytes: number): Buffer => {
    if (bytes < SMALLEST_BYTES) return Buffer.allocUnsafe(bytes);
    const buffer = this.#pool.take(bytes);
    this.#taken.push(buffer);
    return buffer.length === bytes ? buffer : buffer.subarray(0, bytes);
  };
  /** Nobody looks at anything read under this lease any more. */
  giveBack(): void {
    const taken = this.#taken;
    this.#taken = [];
    for (const buffer of taken) this.#pool.give(buffer);
  }
}
