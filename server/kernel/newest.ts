// Which of several writers of one path was the last to begin: what a Disk needs so that a replacement that takes its time never covers
// a newer one.

export class Newest {
  readonly #turns = new Map<string, number>();
  #turn = 0;

  /** Begins to write the path; whoever began before is not wanted any more. */
  begin(path: string): number {
    this.#turns.set(path, ++this.#turn);
    return this.#turn;
  }
  /** Whether what was begun is still wanted: it may take its place in this turn of the loop. Nothing is kept of it. */
  end(path: string, turn: number): boolean {
    if (this.#turns.get(path) !== turn) return false;
    return this.#turns.delete(path);
  }
}
