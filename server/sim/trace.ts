// What a run leaves to read and to compare: the last lines of its story, one fixed-width line per change of state, and a digest of
// every event. Two runs of one seed must have the same digest: that is the test of the determinism law.

const KEPT_LINES = 400;

export class Trace {
  /** Called with each line; null keeps them to itself. */
  onLine: ((line: string) => void) | null = null;
  readonly #lines: string[] = [];
  #next = 0;
  #low = 0x811c9dc5;
  #high = 0x2545f491;

  /** `node` is a node or client name, `what` one word. */
  add(nowMs: number, node: string, what: string, text: string): void {
    const line = `${nowMs.toFixed(1).padStart(9)} ${node.padEnd(6)} ${what.padEnd(10)} ${text}`;
    for (let i = 0; i < line.length; i++) this.note(line.charCodeAt(i));
    this.#lines[this.#next++ % KEPT_LINES] = line;
    this.onLine?.(line);
  }
  /** Takes a number into the digest. */
  note(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#high = Math.imul(this.#high + this.#low, 0x85ebca6b) ^ (this.#high >>> 13);
  }

  get digest(): string {
    return [this.#low, this.#high].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
  /** The newest `count` lines, oldest first. */
  last(count: number): string[] {
    const from = Math.max(0, this.#next - Math.min(count, KEPT_LINES));
    const lines: string[] = [];
    for (let i = from; i < this.#next; i++) lines.push(this.#lines[i % KEPT_LINES] as string);
    return lines;
  }
}
