// Documents tell what is so: README's flags are those of config.ts, and what any document names is there.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import test from 'node:test';
import type { Flag } from '../config.ts';
import { withFlags } from './tables.ts';

const root = resolve(import.meta.dirname, '../..');
/** Where people who read a document look, beside its own folder. */
const BASES = ['', 'server', 'server/engine'];
/** With a slash, and an ending or a slash at the end: `rpc/listener.ts`, `storage/`. Patterns and commands are none. */
const PATH = /^(?:\.{1,2}\/)*[\w@.-]+(?:\/[\w@.-]+)*(?:\/|\/[\w@.-]+\.(?:ts|tsx|mjs|md|json|css|png|webp))$/;

interface Document {
  readonly path: string;
  readonly text: string;
}

function documents(): Document[] {
  const paths = ['README.md', ...globSync('{server,components,app,e2e}/**/*.md', { cwd: root }).sort()];
  return paths.map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** Names in backticks that look like paths, and targets of links and pictures, that are nowhere. */
function absent({ path, text }: Document): string[] {
  const folder = dirname(path);
  const named = [...text.matchAll(/`([^`\s]+)`/g)].map((match) => match[1] ?? '').filter((name) => PATH.test(name));
  const linked = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g)]
    .map((match) => (match[1] ?? match[2] ?? '').replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target));
  const isThere = (name: string, bases: readonly string[]) => bases.some((base) => existsSync(join(root, base, name)));
  return [
    ...named.filter((name) => !isThere(name, [folder, ...BASES])),
    ...linked.filter((target) => !isThere(target, [folder])),
  ].map((name) => `${path}: ${name}`);
}

test('[DOC-1] README’s table of flags is the one that config.ts makes; a planted difference is found', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  assert.equal(withFlags(readme), readme, 'npm run tables writes it anew');
  const flag: Flag = { name: 'planted', kind: 'switch', help: 'is there' };
  const hidden: Flag = { name: 'hidden', kind: 'switch', help: 'is not', isHidden: true };
  const planted = '| Flag | Default | Meaning |\n|---|---|---|\n| `--gone` | 1 | was there |\n\nBehind.';
  assert.equal(
    withFlags(planted, [flag, hidden]),
    '| Flag | Default | Meaning |\n|---|---|---|\n| `--planted` | off | is there |\n\nBehind.',
  );
  assert.throws(() => withFlags('no table', [flag]), /there is no table/);
});

test('[DOC-2] every file and folder that a document names is there', () => {
  const all = documents();
  assert.ok(all.length > 20, `only ${all.length} documents`);
  assert.deepEqual(all.flatMap(absent), []);
});

test('[DOC-2] planted names that are not there are found, in words, links and pictures; patterns and commands are no names', () => {
  const text = [
    'See `rpc/listener.ts`, `rpc/listenre.ts`, `storage/` and `storrage/`, `gateway/<subject>/feature.ts`, `./data`, `a/b`,',
    '[one](rpc/SPEC.md#quotas), [two](rpc/SPECS.md), [three](https://kafka.apache.org), <img src="none.png">.',
  ].join('\n');
  assert.deepEqual(absent({ path: 'server/engine/X.md', text }), [
    'server/engine/X.md: rpc/listenre.ts',
    'server/engine/X.md: storrage/',
    'server/engine/X.md: rpc/SPECS.md',
    'server/engine/X.md: none.png',
  ]);
});
