// Parses a regular expression in RE2's syntax. What RE2 has not (look-around, back references, possessive repeats) is refused with
// a sentence, and so is what would be too large. Called by heartbeat.ts for subscriptions by pattern (KIP-848).
import { CharClass, escapedSet, RegexProblem } from './char-class.ts';
import type { Node } from './program.ts';
import { Program, RegexTooLarge } from './program.ts';

const MAX_DEPTH = 200;
/** RE2's bound on counted repeats. */
const MAX_REPEAT = 1000;
const EMPTY: Node = { kind: 'empty' };

/** The program, or a sentence saying why there is none. */
export function compileRegex(text: string): Program | string {
  try {
    return new Program(new Parser(text).parse());
  } catch (error) {
    if (error instanceof RegexProblem) return error.message;
    if (error instanceof RegexTooLarge) return 'it is too large';
    throw error;
  }
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #ignoresCase = false;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Node {
    const node = this.#either();
    if (this.#at < this.#text.length) throw new RegexProblem('unexpected )');
    return node;
  }

  #either(): Node {
    if (++this.#depth > MAX_DEPTH) throw new RegexProblem('it nests too deeply');
    const ignoredCase = this.#ignoresCase;
    const parts = [this.#concat()];
    while (this.#take('|')) parts.push(this.#concat());
    this.#ignoresCase = ignoredCase;
    this.#depth--;
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { kind: 'either', parts };
  }

  #concat(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#text.length && this.#peek() !== '|' && this.#peek() !== ')') {
      parts.push(...this.#repeated());
    }
    return { kind: 'concat', parts };
  }

  #repeated(): Node[] {
    const quoted = this.#quoted();
    if (quoted !== null) return quoted;
    const atom = this.#atom();
    const bounds = this.#repeat();
    if (bounds === null) return [atom];
    this.#take('?');
    if (this.#at < this.#text.length && '*+?'.includes(this.#peek())) {
      throw new RegexProblem('invalid nested repetition operator');
    }
    return [{ kind: 'repeat', part: atom, ...bounds }];
  }

  /** \Q…\E */
  #quoted(): Node[] | null {
    if (!this.#text.startsWith('\\Q', this.#at)) return null;
    const end = this.#text.indexOf('\\E', this.#at + 2);
    const literal = this.#text.slice(this.#at + 2, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#text.length : end + 2;
    return [...literal].map((char) => this.#literal(char));
  }

  #repeat(): { min: number; max: number | null } | null {
    if (this.#take('*')) return { min: 0, max: null };
    if (this.#take('+')) return { min: 1, max: null };
    if (this.#take('?')) return { min: 0, max: 1 };
    const counted = /^\{(\d{1,9})(,(\d{0,9}))?\}/.exec(this.#text.slice(this.#at, this.#at + 24));
    if (counted === null) return null;
    const [whole, low, comma, high] = counted;
    this.#at += whole.length;
    const min = Number(low);
    const max = comma === undefined ? min : high === '' || high === undefined ? null : Number(high);
    if (min > MAX_REPEAT || (max ?? 0) > MAX_REPEAT || (max !== null && max < min)) {
      throw new RegexProblem(`invalid repeat count ${whole}`);
    }
    return { min, max };
  }

  #atom(): Node {
    const char = this.#next();
    switch (char) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'char', has: this.#class() };
      case '.':
        return { kind: 'char', has: (one) => one !== '\n' };
      case '^':
        return { kind: 'assert', holds: (_text, at) => at === 0 };
      case '$':
        return { kind: 'assert', holds: (text, at) => at === text.length };
      case '*':
      case '+':
      case '?':
        throw new RegexProblem(`missing argument to repetition operator ${char}`);
      case '\\':
        return this.#escape();
      default:
        return this.#literal(char);
    }
  }

  #literal(char: string): Node {
    if (!this.#ignoresCase) return { kind: 'char', has: (one) => one === char };
    const folded = char.toLowerCase();
    return { kind: 'char', has: (one) => one.toLowerCase() === folded };
  }

  #group(): Node {
    if (!this.#take('?')) return this.#inside();
    const named = /^P?<[A-Za-z_]\w*>/.exec(this.#text.slice(this.#at));
    if (named !== null) {
      this.#at += named[0].length;
      return this.#inside();
    }
    const flags = /^([imsU]*)(-[imsU]+)?([:)])/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (flags === null) throw new RegexProblem('look-around and unknown groups (?…) are not supported');
    const [whole, on, off, end] = flags;
    this.#at += whole.length;
    const before = this.#ignoresCase;
    if (on?.includes('i')) this.#ignoresCase = true;
    if (off?.includes('i')) this.#ignoresCase = false;
    // (?i) holds to the end of the group around it, which puts the old value back.
    if (end === ')') return EMPTY;
    const node = this.#inside();
    this.#ignoresCase = before;
    return node;
  }

  #inside(): Node {
    const node = this.#either();
    if (!this.#take(')')) throw new RegexProblem('missing closing )');
    return node;
  }

  #class(): (char: string) => boolean {
    const reader = new CharClass(this.#text, this.#at, this.#ignoresCase);
    const { has, end } = reader.read();
    this.#at = end;
    return has;
  }

  #escape(): Node {
    const char = this.#peek();
    if (char === 'A' || char === 'z' || char === 'b' || char === 'B') {
      this.#at++;
      return { kind: 'assert', holds: ASSERTIONS[char] };
    }
    const { has, end } = escapedSet(this.#text, this.#at, this.#ignoresCase);
    this.#at = end;
    return { kind: 'char', has };
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }
  /** The next whole character. */
  #next(): string {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    this.#at += char.length;
    return char;
  }
  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at++;
    return true;
  }
}

const isWord = (text: string, at: number): boolean => /^\w$/.test(text.charAt(at));
const isBoundary = (text: string, at: number): boolean => (at > 0 && isWord(text, at - 1)) !== isWord(text, at);
const ASSERTIONS = {
  A: (_text: string, at: number) => at === 0,
  z: (text: string, at: number) => at === text.length,
  b: isBoundary,
  B: (text: string, at: number) => !isBoundary(text, at),
} as const;
