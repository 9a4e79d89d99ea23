// Who looks at what. The samplers ask it how much to read; the watches tell it. Nothing is sampled for nobody, except the
// light tick that keeps the overview's history.

export class Interest {
  readonly #counts = new Map<string, number>();
  readonly #windows = new Map<object, readonly string[]>();
  #lastLookedAtMs = Date.now();
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Keys: a channel's name, and for one entity `topic:<name>` or `group:<id>`. Returns the release. */
  hold(keys: readonly string[]): () => void {
    for (const key of keys) this.#counts.set(key, this.count(key) + 1);
    this.#lastLookedAtMs = Date.now();
    this.#onChange();
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      for (const key of keys) {
        const left = this.count(key) - 1;
        if (left > 0) this.#counts.set(key, left);
        else this.#counts.delete(key);
      }
      this.#lastLookedAtMs = Date.now();
      this.#onChange();
    };
  }

  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  isAny(...keys: readonly string[]): boolean {
    return keys.some((key) => this.#counts.has(key));
  }

  get isWatched(): boolean {
    return this.#counts.size > 0;
  }

  /** Milliseconds since somebody looked; 0 while somebody does. */
  idleMs(now: number): number {
    return this.isWatched ? 0 : now - this.#lastLookedAtMs;
  }

  /** The groups that a list shows right now; sampled before all others. */
  showGroups(owner: object, groupIds: readonly string[] | null): void {
    if (groupIds === null) this.#windows.delete(owner);
    else this.#windows.set(owner, groupIds);
  }

  shownGroups(): ReadonlySet<string> {
    const shown = new Set<string>();
    for (const groupIds of this.#windows.values()) for (const groupId of groupIds) shown.add(groupId);
    return shown;
  }
}
