// Where the last reads of one log ended: a consumer that follows the log asks for exactly the next offset, and finds its
// position here without a look into the index. A few readers at a time; forgotten when the log is cut.

const REMEMBERED_READERS = 8;

interface Remembered {
  offset: number;
  segmentBase: number;
  position: number;
}

export class ReadPositions {
  #places: Remembered[] = [];
  #next = 0;

  /** Position of the batch that begins at `offset` in the segment, or null. */
  find(offset: number, segmentBase: number): number | null {
    for (const one of this.#places) {
      if (one.offset === offset && one.segmentBase === segmentBase) return one.position;
    }
    return null;
  }
  /** A read from `from` ended before `offset`, which begins at `position`. Takes the reader's old place if it has one. */
  remember(from: number, { offset, segmentBase, position }: Remembered): void {
    const place = this.#places.find((one) => one.offset === from) ?? this.#newPlace();
    place.offset = offset;
    place.segmentBase = segmentBase;
    place.position = position;
  }
  #newPlace(): Remembered {
    const known = this.#places[this.#next];
    const place = known ?? { offset: -1, segmentBase: -1, position: 0 };
    if (known === undefined) this.#places.push(place);
    this.#next = (this.#next + 1) % REMEMBERED_READERS;
    return place;
  }
  clear(): void {
    this.#places = [];
    this.#next = 0;
  }
}
