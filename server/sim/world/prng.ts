// Random numbers from a seed. fork(label) gives an independent stream, so that one more draw in one part of a run does not shift
// the others. Used by everything in sim/; nothing here knows of time.

/** splitmix32's finisher. */
function mix(x: number): number {
  let z = x | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

export class Prng {
  readonly #root: number;
  #state: number;

  constructor(seed: number) {
    this.#root = mix(seed);
    this.#state = this.#root;
  }

  /** 0 ≤ n < 2^32. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mix(this.#state);
  }
  /** 0 ≤ x < 1. */
  unit(): number {
    return this.next() / 4_294_967_296;
  }
  /** 0 ≤ n < bound, whole. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }
  /** least ≤ n ≤ most, whole. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }
  chance(probability: number): boolean {
    return this.unit() < probability;
  }
  /** Waiting times of independent events: `mean` on average, at most ten times that. */
  exponential(mean: number): number {
    return Math.min(10 * mean, -mean * Math.log(1 - this.unit()));
  }
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return item as T;
  }
  /** 16 bytes. */
  bytes(count: number): Buffer {
    const bytes = Buffer.alloc(count);
    for (let i = 0; i < count; i++) bytes[i] = this.next() & 255;
    return bytes;
  }
  /** Depends on this stream's seed and the label only, never on what was drawn. */
  fork(label: string): Prng {
    let hash = this.#root;
    for (let i = 0; i < label.length; i++) hash = mix(hash ^ Math.imul(label.charCodeAt(i) + 1, 0x85ebca6b));
    return new Prng(hash);
  }
}
