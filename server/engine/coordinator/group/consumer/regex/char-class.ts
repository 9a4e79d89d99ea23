// Sets of characters in RE2's syntax: [a-z], \d, \p{L}, [[:alpha:]], \x41. Called by parse.ts.
import type { CharSet } from './program.ts';

/** Its message is a sentence saying why the text is no expression. */
export class RegexProblem extends Error {}

interface Parsed {
  readonly has: CharSet;
  /** Where reading goes on. */
  readonly end: number;
  /** The one character, when it is no set. */
  readonly literal: string | null;
}

const CONTROL: Readonly<Record<string, string>> = { a: '\x07', f: '\f', t: '\t', n: '\n', r: '\r', v: '\v' };
const PERL: Readonly<Record<string, RegExp>> = {
  d: /^[0-9]$/,
  D: /^[^0-9]$/u,
  w: /^[0-9A-Za-z_]$/,
  W: /^[^0-9A-Za-z_]$/u,
  s: /^[\t\n\f\r ]$/,
  S: /^[^\t\n\f\r ]$/u,
};
const POSIX: Readonly<Record<string, RegExp>> = {
  alnum: /^[0-9A-Za-z]$/,
  alpha: /^[A-Za-z]$/,
  ascii: /^[\0-\x7f]$/,
  blank: /^[\t ]$/,
  cntrl: /^[^ -~\x80-\u{10ffff}]$/u,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[\t\n\v\f\r ]$/,
  upper: /^[A-Z]$/,
  word: /^[0-9A-Za-z_]$/,
  xdigit: /^[0-9A-Fa-f]$/,
};

/** What follows a backslash at `at`. Throws RegexProblem. */
export function escapedSet(text: string, at: number, ignoresCase: boolean): Parsed {
  const char = text.charAt(at);
  const perl = Object.hasOwn(PERL, char) ? PERL[char] : undefined;
  if (perl !== undefined) return { has: (one) => perl.test(one), end: at + 1, literal: null };
  if (char === 'p' || char === 'P') return unicodeSet(text, at);
  const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(text.slice(at, at + 10));
  if (hex !== null) {
    const code = Number.parseInt(hex[1] ?? hex[2] ?? '', 16);
    if (code > 0x10ffff) throw new RegexProblem('invalid escape sequence');
    return one(String.fromCodePoint(code), at + hex[0].length, ignoresCase);
  }
  const control = Object.hasOwn(CONTROL, char) ? CONTROL[char] : undefined;
  if (control !== undefined) return one(control, at + 1, ignoresCase);
  if (char === '') throw new RegexProblem('trailing backslash at end of expression');
  if (/^[0-9A-Za-z]$/.test(char)) throw new RegexProblem(`invalid escape sequence: \\${char}`);
  return one(char, at + 1, ignoresCase);
}

function one(literal: string, end: number, ignoresCase: boolean): Parsed {
  const folded = literal.toLowerCase();
  const has: CharSet = ignoresCase ? (char) => char.toLowerCase() === folded : (char) => char === literal;
  return { has, end, literal };
}

function unicodeSet(text: string, at: number): Parsed {
  const found = /^([pP])(?:\{(\^?)([A-Za-z_]{1,40})\}|([A-Z]))/.exec(text.slice(at, at + 50));
  if (found === null) throw new RegexProblem('invalid character class range');
  const [whole, letter, caret, long, short] = found;
  const name = long ?? short ?? '';
  const pattern = unicodePattern(name) ?? unicodePattern(`Script=${name}`);
  if (pattern === null) throw new RegexProblem(`invalid character class range: \\${whole}`);
  const isNegated = (letter === 'P') !== (caret === '^');
  return { has: (char) => pattern.test(char) !== isNegated, end: at + whole.length, literal: null };
}

function unicodePattern(property: string): RegExp | null {
  try {
    return new RegExp(`^\\p{${property}}$`, 'u');
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The inside of […], from after its opening bracket. */
export class CharClass {
  readonly #text: string;
  readonly #ignoresCase: boolean;
  #at: number;

  constructor(text: string, at: number, ignoresCase: boolean) {
    this.#text = text;
    this.#at = at;
    this.#ignoresCase = ignoresCase;
  }

  read(): { has: CharSet; end: number } {
    const isNegated = this.#text.charAt(this.#at) === '^';
    if (isNegated) this.#at++;
    const sets: CharSet[] = [];
    for (let isFirst = true; isFirst || this.#text.charAt(this.#at) !== ']'; isFirst = false) {
      if (this.#at >= this.#text.length) throw new RegexProblem('missing closing ]');
      sets.push(this.#posix() ?? this.#range());
    }
    const has: CharSet = (char) => sets.some((set) => set(char)) !== isNegated;
    return { has, end: this.#at + 1 };
  }

  #posix(): CharSet | null {
    const found = /^\[:(\^?)([a-z]+):\]/.exec(this.#text.slice(this.#at, this.#at + 16));
    if (found === null) return null;
    const [whole, caret, name] = found;
    const pattern = Object.hasOwn(POSIX, name ?? '') ? POSIX[name ?? ''] : undefined;
    if (pattern === undefined) throw new RegexProblem(`invalid character class range: ${whole}`);
    this.#at += whole.length;
    return (char) => pattern.test(char) !== (caret === '^');
  }

  #range(): CharSet {
    const low = this.#item();
    const after = this.#text.charAt(this.#at + 1);
    if (low.literal === null || this.#text.charAt(this.#at) !== '-' || after === ']' || after === '') return low.has;
    this.#at++;
    const high = this.#item();
    const from = low.literal.codePointAt(0) ?? 0;
    const to = high.literal?.codePointAt(0) ?? -1;
    if (to < from) throw new RegexProblem('invalid character class range');
    const isIn = (char: string): boolean => (char.codePointAt(0) ?? -1) >= from && (char.codePointAt(0) ?? -1) <= to;
    if (!this.#ignoresCase) return isIn;
    return (char) => isIn(char) || isIn(char.toLowerCase()) || isIn(char.toUpperCase());
  }

  #item(): Parsed {
    if (this.#at >= this.#text.length) throw new RegexProblem('missing closing ]');
    if (this.#text.charAt(this.#at) === '\\') {
      const parsed = escapedSet(this.#text, this.#at + 1, this.#ignoresCase);
      this.#at = parsed.end;
      return parsed;
    }
    const literal = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    this.#at += literal.length;
    return one(literal, this.#at, this.#ignoresCase);
  }
}
