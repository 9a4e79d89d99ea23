// The specification as the project reads it: its files, the rules stated in them, and what of a file is no rule. Used by
// spec.test.ts and tables.ts. Reads files, changes none.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ID = '[A-Z][A-Z0-9]{1,3}-[A-Z0-9]+';

export interface SpecFile {
  /** From the project's root. */
  readonly path: string;
  readonly text: string;
}

export function readSpecFiles(root: string): SpecFile[] {
  const paths = globSync('{server,components,app,e2e}/**/SPEC.md', { cwd: root });
  return paths
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The ids of the rules in a text, in order, doubled ones twice. */
export function statedIn(text: string): string[] {
  return [...text.matchAll(new RegExp(`^- \\*\\*(${ID})\\*\\* \\S`, 'gm'))].map((match) => match[1] as string);
}

export const prefixOf = (id: string): string => id.split('-')[0] as string;

/** The ids that titles of tests begin with. */
export function idsInTests(sources: readonly string[]): Set<string> {
  const ids = new Set<string>();
  for (const source of sources) {
    for (const title of source.matchAll(/\b(?:test\(|title:)\s*[`'"]((?:\[[A-Z0-9-]+\]\s?)+)/g)) {
      for (const match of (title[1] as string).matchAll(new RegExp(`\\[(${ID})\\]`, 'g'))) ids.add(match[1] as string);
    }
  }
  return ids;
}

/** Ids that two rules have, lines that a merge left behind, and lines of a list that state no rule: a test would not be missed. */
export function leftovers(text: string): string[] {
  const ids = statedIn(text);
  const wrong = text
    .split('\n')
    .filter((line) => /^(<{7} |={7}$|>{7} )/.test(line) || (line.startsWith('- ') && statedIn(line).length === 0));
  return [...ids.filter((id, i) => ids.indexOf(id) !== i), ...wrong];
}

/** Beginnings of ids that rules of more than one file have, each with its files. */
export function scattered(files: readonly SpecFile[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { path, text } of files) {
    for (const id of statedIn(text)) places.set(prefixOf(id), (places.get(prefixOf(id)) ?? new Set()).add(path));
  }
  return [...places].flatMap(([prefix, paths]) => (paths.size > 1 ? [`${prefix}: ${[...paths].join(', ')}`] : []));
}
