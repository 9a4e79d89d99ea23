// Which changes of names a power loss may take back: those of a folder since it was flushed, the last first, as a journal would that
// was not written to its end. Used by disk.ts.
import type { Prng } from './prng.ts';

export class UnflushedNames<C> {
  readonly #folders = new Map<string, { readonly order: number; readonly change: C }[]>();
  #order = 0;

  add(folder: string, change: C): void {
    const changes = this.#folders.get(folder) ?? [];
    this.#folders.set(folder, changes);
    changes.push({ order: ++this.#order, change });
  }
  /** The answer is to be called when the flush has come to its end: what was changed until now is on the platter. */
  beginFlush(folder: string): () => void {
    const upTo = this.#order;
    return () => {
      const left = (this.#folders.get(folder) ?? []).filter(({ order }) => order > upTo);
      if (left.length > 0) this.#folders.set(folder, left);
      else this.#folders.delete(folder);
    };
  }
  clear(): void {
    this.#folders.clear();
  }
  /** What is taken back, in this order: of each folder none or some, of those within others first. */
  losePower(prng: Prng): C[] {
    const deepestFirst = [...this.#folders].sort(([a], [b]) => b.split('/').length - a.split('/').length);
    this.#folders.clear();
    return deepestFirst.flatMap(([, changes]) => {
      const kept = prng.chance(0.5) ? changes.length : prng.below(changes.length + 1);
      return changes
        .slice(kept)
        .reverse()
        .map(({ change }) => change);
    });
  }
}
