// The newest offset of each key in the part of a log that is being cleaned (Kafka's SkimpyOffsetMap). One allocation of a fixed size,
// twenty-four bytes a key whatever its length; when it is full the pass ends where it got to.
import { hashKey, words } from './key-hash.ts';

const SLOT_BYTES = 24;

export interface OffsetMapOptions {
  readonly maxBytes: number;
  readonly loadFactor: number;
  readonly seed: number;
}

export class OffsetMap {
  readonly #hashes: Uint32Array;
  /** Offset + 1; 0: free. */
  readonly #offsets: Float64Array;
  readonly #slots: number;
  readonly #seed: number;
  readonly #maxKeys: number;
  #size = 0;
  /** Everything up to here was looked at; −1 before. */
  latestOffset = -1;

  /** Room for `keys` keys, or for as many as fit `maxBytes` filled to `loadFactor`, which is below 1: fuller, look-ups take long. */
  constructor(keys: number, { maxBytes, loadFactor, seed }: OffsetMapOptions) {
    const most = Math.max(2, Math.floor(maxBytes / SLOT_BYTES));
    this.#slots = Math.min(most, Math.ceil((keys + 1) / loadFactor) + 1);
    this.#maxKeys = Math.max(1, Math.floor(this.#slots * loadFactor));
    this.#hashes = new Uint32Array(4 * this.#slots);
    this.#offsets = new Float64Array(this.#slots);
    this.#seed = seed;
  }
  get size(): number {
    return this.#size;
  }
  get sizeBytes(): number {
    return this.#slots * SLOT_BYTES;
  }
  /** Keys that can still be added. */
  get room(): number {
    return this.#maxKeys - this.#size;
  }

  /** The caller sees to it that there is room. Offsets come in growing order. */
  put(key: Buffer, offset: number): void {
    const slot = this.#slotOf(key);
    if (this.#offsets[slot] === 0) {
      this.#size++;
      for (let i = 0; i < 4; i++) this.#hashes[4 * slot + i] = words[i] ?? 0;
    }
    this.#offsets[slot] = offset + 1;
  }
  /** −1 when the key is not in it. */
  get(key: Buffer): number {
    return (this.#offsets[this.#slotOf(key)] ?? 0) - 1;
  }
  /** Where the key is, or the free slot where it belongs; its hash is in `words`. */
  #slotOf(key: Buffer): number {
    hashKey(key, this.#seed);
    const [a = 0, b, c, d] = words;
    const hashes = this.#hashes;
    let slot = a % this.#slots;
    while (this.#offsets[slot] !== 0) {
      const at = 4 * slot;
      if (hashes[at] === a && hashes[at + 1] === b && hashes[at + 2] === c && hashes[at + 3] === d) break;
      slot = slot + 1 === this.#slots ? 0 : slot + 1;
    }
    return slot;
  }
}
