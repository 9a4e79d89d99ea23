// The segments of one log, in order, and reading across them. The log adds and removes segments; offsets it asks for are within
// its bounds. Nothing here decides what may be read.
import { present } from '../../../kernel/assert.ts';
import { isControl } from '../../../protocol/records/batch.ts';
import { markerOf } from '../../../protocol/records/marker.ts';
import type { MarkedHeader } from '../log/state.ts';
import type { AbortedTransaction } from '../transactions/aborted-index.ts';
import { ReadPositions } from './read-positions.ts';
import type { ReadLimits, Segment, SegmentRead } from './segment.ts';

export class SegmentList {
  readonly all: Segment[];
  readonly #positions = new ReadPositions();

  readonly #findAborted: (segment: Segment) => readonly AbortedTransaction[];

  /** At least one. `findAborted` walks through a segment whose index of aborted transactions cannot be right. */
  constructor(segments: Segment[], findAborted: (segment: Segment) => readonly AbortedTransaction[]) {
    this.all = segments;
    this.#findAborted = findAborted;
  }
  /** The last one, the only one that is appended to. */
  get active(): Segment {
    return present(this.all.at(-1), 'a log has a segment');
  }
  get first(): Segment {
    return present(this.all[0], 'a log has a segment');
  }
  sizeBytes(): number {
    return this.all.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  }

  /** Whole batches from the one that holds `offset`; null when none fits the limits. Throws DiskError, DecodeError. */
  read(offset: number, limits: ReadLimits): SegmentRead | null {
    for (let i = this.#placeFor(offset); i < this.all.length; i++) {
      const segment = present(this.all[i], 'the place is below the length');
      const position = this.#positionIn(segment, offset);
      if (position === null) continue;
      const found = segment.read(position, limits);
      if (found === null) return null;
      const next = { offset: found.lastOffset + 1, segmentBase: segment.baseOffset };
      this.#positions.remember(offset, { ...next, position: position + found.records.length });
      return found;
    }
    return null;
  }
  /** Headers from the batch that holds `offset` on, with what control batches say. Throws DiskError, DecodeError. */
  *headersFrom(offset: number): Generator<MarkedHeader> {
    for (const segment of this.all) {
      if (segment.endOffset <= offset) continue;
      const position = offset <= segment.baseOffset ? 0 : segment.find(offset)?.position;
      if (position === undefined) continue;
      for (const found of segment.headers(position)) {
        const { header } = found;
        const marker = isControl(header.attributes) ? markerOf(segment.readBatch(found), 0, header) : null;
        yield { header, marker };
      }
    }
  }
  /** A transaction whose abort marker is in the log. Throws DiskError. */
  aborted(transaction: AbortedTransaction): void {
    const segment = present(this.all[this.#placeFor(transaction.lastOffset)], 'the place is below the length');
    segment.aborted.add(transaction);
  }
  /** The index of aborted transactions of one segment, made anew where it is damaged. Throws DiskError. */
  loadAborted(segment: Segment): readonly AbortedTransaction[] {
    return segment.aborted.load(() => this.#findAborted(segment));
  }
  /** Transactions aborted by a marker, with records from `fromOffset` to below `upToOffset`. Throws DiskError. */
  abortedTransactions(fromOffset: number, upToOffset: number): AbortedTransaction[] {
    const found: AbortedTransaction[] = [];
    for (let i = this.#placeFor(fromOffset); i < this.all.length; i++) {
      for (const entry of this.loadAborted(present(this.all[i], 'the place is below the length'))) {
        if (entry.lastOffset >= fromOffset && entry.firstOffset < upToOffset) found.push(entry);
        if (entry.lastStableOffset >= upToOffset) return found;
      }
    }
    return found;
  }
  /** The log was cut: remembered positions may be gone. */
  truncated(): void {
    this.#positions.clear();
  }

  #positionIn(segment: Segment, offset: number): number | null {
    if (offset <= segment.baseOffset) return segment.sizeBytes > 0 ? 0 : null;
    const remembered = this.#positions.find(offset, segment.baseOffset);
    // Behind a cleaned segment's last batch comes the next segment, which may begin at a higher offset.
    if (remembered !== null && (remembered < segment.sizeBytes || segment === this.active)) return remembered;
    return segment.find(offset)?.position ?? null;
  }
  /** Place of the last segment that begins at or before `offset`; the first when none does. */
  #placeFor(offset: number): number {
    let low = 0;
    let high = this.all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (present(this.all[middle], 'within bounds').baseOffset <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
