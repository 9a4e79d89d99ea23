// A regular expression as a small program for a machine that reads each character once: no backtracking, so that no pattern and no
// name can make the broker stand still. Time is at most steps × characters. Built by parse.ts.

export type CharSet = (char: string) => boolean;
export type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'char'; readonly has: CharSet }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'concat' | 'either'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number | null };

type Step =
  | { readonly kind: 'char'; readonly has: CharSet }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'fork'; targets: number[] }
  | { readonly kind: 'end' };

/** Repeats multiply; beyond this the expression is refused. */
const MAX_STEPS = 10_000;

export class RegexTooLarge extends Error {}

export class Program {
  readonly #steps: Step[] = [];

  /** Throws RegexTooLarge. */
  constructor(root: Node) {
    this.#add(root);
    this.#push({ kind: 'end' });
  }

  /** Steps, each of which may be looked at for each character. */
  get size(): number {
    return this.#steps.length;
  }

  /** Whether the expression describes the whole of `text`. */
  matches(text: string): boolean {
    let current = new Set<number>();
    this.#reach(0, { text, at: 0, into: current });
    const chars = [...text];
    let at = 0;
    for (const char of chars) {
      at += char.length;
      const next = new Set<number>();
      for (const index of current) {
        const step = this.#steps[index];
        if (step?.kind === 'char' && step.has(char)) this.#reach(index + 1, { text, at, into: next });
      }
      if (next.size === 0) return false;
      current = next;
    }
    for (const index of current) if (this.#steps[index]?.kind === 'end') return true;
    return false;
  }

  /** Adds the step and all that follow without reading. */
  #reach(start: number, o: { text: string; at: number; into: Set<number> }): void {
    const open = [start];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (o.into.has(index)) continue;
      o.into.add(index);
      const step = this.#steps[index];
      if (step?.kind === 'fork') open.push(...step.targets);
      else if (step?.kind === 'assert' && step.holds(o.text, o.at)) open.push(index + 1);
    }
  }

  #push(step: Step): number {
    if (this.#steps.length >= MAX_STEPS) throw new RegexTooLarge();
    return this.#steps.push(step) - 1;
  }

  #add(node: Node): void {
    switch (node.kind) {
      case 'empty':
        return;
      case 'char':
      case 'assert':
        this.#push(node);
        return;
      case 'concat':
        for (const part of node.parts) this.#add(part);
        return;
      case 'either':
        this.#addEither(node.parts);
        return;
      case 'repeat':
        this.#addRepeat(node.part, node.min, node.max);
    }
  }

  #addEither(parts: readonly Node[]): void {
    const fork: Step = { kind: 'fork', targets: [] };
    this.#push(fork);
    const exits: { kind: 'fork'; targets: number[] }[] = [];
    for (const part of parts) {
      fork.targets.push(this.#steps.length);
      this.#add(part);
      const exit = { kind: 'fork' as const, targets: [] };
      this.#push(exit);
      exits.push(exit);
    }
    for (const exit of exits) exit.targets.push(this.#steps.length);
  }

  #addRepeat(part: Node, min: number, max: number | null): void {
    for (let i = 0; i < min; i++) {
      const before = this.#steps.length;
      this.#add(part);
      // Nothing any number of times is nothing: bounded by steps alone, nested counts would run for ever.
      if (this.#steps.length === before) break;
    }
    if (max === null) {
      const fork: Step = { kind: 'fork', targets: [] };
      const start = this.#push(fork);
      fork.targets.push(start + 1);
      this.#add(part);
      this.#push({ kind: 'fork', targets: [start] });
      fork.targets.push(this.#steps.length);
      return;
    }
    const forks: { kind: 'fork'; targets: number[] }[] = [];
    for (let i = min; i < max; i++) {
      const fork = { kind: 'fork' as const, targets: [this.#steps.length + 1] };
      this.#push(fork);
      forks.push(fork);
      this.#add(part);
    }
    for (const fork of forks) fork.targets.push(this.#steps.length);
  }
}
