// Which sealed segments have their indexes in memory: the ones used last, within a budget of bytes. What falls out is read from
// its file again when it is needed.

export interface IndexHolder {
  /** Drops the indexes from memory. */
  forgetIndexes(): void;
}

export class LoadedIndexes {
  readonly #budgetBytes: number;
  readonly #holders = new Map<IndexHolder, number>();
  #usedBytes = 0;

  constructor(budgetBytes: number) {
    this.#budgetBytes = budgetBytes;
  }
  get usedBytes(): number {
    return this.#usedBytes;
  }
  loaded(holder: IndexHolder, sizeBytes: number): void {
    this.gone(holder);
    this.#holders.set(holder, sizeBytes);
    this.#usedBytes += sizeBytes;
    for (const [oldest] of this.#holders) {
      if (this.#usedBytes <= this.#budgetBytes || oldest === holder) break;
      this.gone(oldest);
      oldest.forgetIndexes();
    }
  }
  gone(holder: IndexHolder): void {
    const sizeBytes = this.#holders.get(holder);
    if (sizeBytes === undefined) return;
    this.#holders.delete(holder);
    this.#usedBytes -= sizeBytes;
  }
}
