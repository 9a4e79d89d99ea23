// How many look at something, so that it is read only while somebody does.

export class Watchers {
  #count = 0;

  get areThere(): boolean {
    return this.#count > 0;
  }
  /** Somebody looks; the result, called however often, ends it once. */
  began(): () => void {
    this.#count += 1;
    let isOver = false;
    return () => {
      if (!isOver) this.#count -= 1;
      isOver = true;
    };
  }
}
