// Tables in documents of which the project knows the content: README's flags (config.ts) and the index of SPEC.md. Documents.test.ts and
// spec.test.ts compare; `npm run tables` writes them anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { type Flag, flags } from '../config.ts';
import { prefixOf, readSpecFiles, type SpecFile, statedIn } from './spec.ts';

export const INDEX = 'server/SPEC.md';
const FLAGS_HEAD = '| Flag | Default | Meaning |';
const INDEX_HEAD = '| Area | File | What it binds | Ids | Rules |';

function flagRow(flag: Flag): string {
  const byDefault = flag.kind === 'switch' ? 'off' : flag.default === '' ? 'none' : `${flag.default}`;
  const choices = flag.kind === 'choice' ? `: ${flag.choices.join(', ')}` : '';
  return `| \`--${flag.name}\` | ${byDefault} | ${flag.help}${choices} |`;
}

/** README as it must be: its table of flags made from config.ts, all else as it is. Throws when there is no such table. */
export function withFlags(readme: string, of: readonly Flag[] = flags): string {
  const rows = of.filter((flag) => !flag.isHidden).map(flagRow);
  return replaceRows(readme, FLAGS_HEAD, () => rows);
}

/** The index as it must be: the ids and the number of rules of each file that it names, all else as it is. */
export function withCounts(index: string, files: readonly SpecFile[]): string {
  const byPath = new Map(files.map(({ path, text }) => [path, statedIn(text)]));
  return replaceRows(index, INDEX_HEAD, (rows) =>
    rows.map((row) => {
      const ids = byPath.get(fileOf(row)) ?? [];
      const kinds = [...new Set(ids.map(prefixOf))].join(' ');
      return row.replace(/\|[^|]*\|[^|]*\|$/, `| ${kinds} | ${ids.length} |`);
    }),
  );
}

/** The files that the index names, in its order. */
export function filesInIndex(index: string): string[] {
  const paths: string[] = [];
  replaceRows(index, INDEX_HEAD, (rows) => {
    paths.push(...rows.map(fileOf));
    return rows;
  });
  return paths;
}

function fileOf(row: string): string {
  return posix.join(posix.dirname(INDEX), /\]\(([^)]*)\)/.exec(row)?.[1] ?? '');
}

/** The text with other rows below the table's head and the line under it. */
function replaceRows(text: string, head: string, change: (rows: readonly string[]) => readonly string[]): string {
  const lines = text.split('\n');
  const first = lines.indexOf(head) + 2;
  if (first < 2) throw new Error(`there is no table "${head}"`);
  let end = first;
  while (lines[end]?.startsWith('|')) end += 1;
  return [...lines.slice(0, first), ...change(lines.slice(first, end)), ...lines.slice(end)].join('\n');
}

function main(): void {
  const root = resolve(import.meta.dirname, '../..');
  const rewrite = (path: string, change: (text: string) => string) => {
    const text = readFileSync(join(root, path), 'utf8');
    if (change(text) === text) return;
    writeFileSync(join(root, path), change(text));
    console.log(`${path}: table written anew`);
  };
  rewrite('README.md', (text) => withFlags(text));
  rewrite(INDEX, (text) => withCounts(text, readSpecFiles(root)));
}

if (import.meta.main) main();
