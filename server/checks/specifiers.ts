// Finds what a TypeScript file imports, without a compiler: TypeScript 7 has no program interface to ask. Called by
// import-law.ts. Pure: text in, specifiers and blanked code out.

export interface Import {
  readonly specifier: string;
  /** import type / export type: gone when the program runs, but counted by the law. */
  readonly isTypeOnly: boolean;
}

export interface Scan {
  readonly imports: readonly Import[];
  /** The source with comments and the insides of strings blanked, of the same length. */
  readonly code: string;
}

const statement =
  /(?:^|[;}\n])\s*(import|export)(\s+type\b(?!\s*,|\s+from\b))?\s*(?:[\w$*{}\s,]*?\bfrom\s*)?(?=(['"]))/g;
const call = /\bimport\s*\(\s*(?=(['"]))/g;

/** Every static, re-exporting and dynamic import with a literal specifier, in the order of kinds, then of place. */
export function scan(source: string): Scan {
  const code = blank(source);
  const imports: Import[] = [];
  for (const match of code.matchAll(statement)) {
    const quoteAt = match.index + match[0].length;
    imports.push({ specifier: literalAt(source, quoteAt), isTypeOnly: match[2] !== undefined });
  }
  for (const match of code.matchAll(call)) {
    imports.push({ specifier: literalAt(source, match.index + match[0].length), isTypeOnly: false });
  }
  return { imports, code };
}

function literalAt(source: string, quoteAt: number): string {
  const end = source.indexOf(source[quoteAt] ?? '', quoteAt + 1);
  return source.slice(quoteAt + 1, end);
}

/**
 * Comments and the insides of strings, templates and regular expressions become spaces; quotes stay. A quote whose line ends
 * before it closes is an apostrophe in markup and is left alone.
 */
function blank(source: string): string {
  const pattern =
    /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`|(?<=[(,=:[!&|?{};+\n]\s*)\/(?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g;
  return source.replace(pattern, (token) => {
    const spaces = (text: string) => text.replace(/[^\n]/g, ' ');
    if (/^['"`]/.test(token)) return `${token[0]}${spaces(token.slice(1, -1))}${token[0]}`;
    return spaces(token);
  });
}
