// Pretty-prints JSON from its own text, token by token: digits, escapes and key order stay exactly as they were sent, so a
// 19-digit integer stays exact. It never builds values (no JSON.parse) and never recurses. Called by the payload view.

export type TokenKind = 'key' | 'string' | 'number' | 'literal' | 'mark';
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}
export interface Line {
  readonly depth: number;
  readonly tokens: readonly Token[];
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const literal = /true|false|null/y;
const escapeHex = /[0-9a-fA-F]{4}/y;

/** Index after the string that begins at `start`, or −1 when it is not a JSON string. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code < 0x20) return -1;
    if (code !== 0x5c) {
      at += 1;
      continue;
    }
    const escaped = text[at + 1];
    if (escaped === 'u') {
      escapeHex.lastIndex = at + 2;
      if (!escapeHex.test(text)) return -1;
      at += 6;
    } else if (escaped !== undefined && '"\\/bfnrt'.includes(escaped)) at += 2;
    else return -1;
  }
  return -1;
}

function scalarAt(text: string, at: number): { token: Token; end: number } | null {
  if (text[at] === '"') {
    const end = endOfString(text, at);
    return end < 0 ? null : { token: { kind: 'string', text: text.slice(at, end) }, end };
  }
  for (const [pattern, kind] of [
    [number, 'number'],
    [literal, 'literal'],
  ] as const) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { token: { kind, text: match[0] }, end: at + match[0].length };
  }
  return null;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

type Expect = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

/** Lines of the document, or null when `text` is not one JSON object or array (scalars read better as text). */
export function formatJson(text: string): Line[] | null {
  const lines: Line[] = [];
  const open: ('{' | '[')[] = [];
  let tokens: Token[] = [];
  let expect = 'value' as Expect;
  let at = skipSpace(text, 0);
  if (text[at] !== '{' && text[at] !== '[') return null;
  const push = (kind: TokenKind, value: string) => tokens.push({ kind, text: value });
  const breakLine = (depth: number) => {
    if (tokens.length > 0) lines.push({ depth: lineDepth, tokens });
    tokens = [];
    lineDepth = depth;
  };
  let lineDepth = 0;
  const afterValue = (): Expect => (open.length === 0 ? 'nothing' : 'comma-or-end');

  while (at < text.length) {
    const letter = text[at] as string;
    if (letter === '}' || letter === ']') {
      const isFitting = open.at(-1) === (letter === '}' ? '{' : '[');
      const isEmpty = expect === 'key-or-end' || expect === 'value-or-end';
      if (!isFitting || !(isEmpty || expect === 'comma-or-end')) return null;
      open.pop();
      if (!isEmpty) breakLine(open.length);
      push('mark', letter);
      expect = afterValue();
      at += 1;
    } else if (expect === 'comma-or-end') {
      if (letter !== ',') return null;
      push('mark', ',');
      breakLine(open.length);
      expect = open.at(-1) === '{' ? 'key' : 'value';
      at += 1;
    } else if (expect === 'colon') {
      if (letter !== ':') return null;
      push('mark', ': ');
      expect = 'value';
      at += 1;
    } else if (expect === 'key' || expect === 'key-or-end') {
      const end = letter === '"' ? endOfString(text, at) : -1;
      if (end < 0) return null;
      if (expect === 'key-or-end') breakLine(open.length);
      push('key', text.slice(at, end));
      expect = 'colon';
      at = end;
    } else if (expect === 'value' || expect === 'value-or-end') {
      if (expect === 'value-or-end') breakLine(open.length);
      if (letter === '{' || letter === '[') {
        push('mark', letter);
        open.push(letter);
        expect = letter === '{' ? 'key-or-end' : 'value-or-end';
        at += 1;
      } else {
        const scalar = scalarAt(text, at);
        if (scalar === null) return null;
        tokens.push(scalar.token);
        at = scalar.end;
        expect = afterValue();
      }
    } else return null;
    at = skipSpace(text, at);
  }
  if (expect !== 'nothing') return null;
  breakLine(0);
  return lines;
}

export const INDENT = '  ';
/** Deeper lines are no longer moved to the right: with 50,000 levels the blanks alone would take gigabytes. */
export const MAX_INDENTED_DEPTH = 60;
/** The formatted document as text, at most MAX_INDENTED_DEPTH × 2 blanks a line longer than what was given. */
export const joinLines = (lines: readonly Line[]): string =>
  lines
    .map(
      (line) =>
        INDENT.repeat(Math.min(line.depth, MAX_INDENTED_DEPTH)) + line.tokens.map((token) => token.text).join(''),
    )
    .join('\n');
