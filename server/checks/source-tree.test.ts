// Facts about the project's files that no compiler checks.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Files under version control, or not yet added, that exist. */
function projectFiles(): string[] {
  const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  return list.split('\n').filter((path) => path !== '' && existsSync(join(root, path)));
}

const self = 'server/checks/source-tree.test.ts';
const files = projectFiles().filter((path) => path !== self);
const sources = files.filter((path) => /\.(ts|tsx|mjs)$/.test(path));
const texts = files.filter(
  (path) => /\.(ts|tsx|mjs|json|md|css|ya?ml)$|(^|\/)run$/.test(path) && path !== 'package-lock.json',
);

function offenders(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) => {
    const lines = read(path).split('\n');
    return lines.flatMap((line, index) =>
      pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [],
    );
  });
}

test('[TREE-1] the search sees the project', () => {
  assert.ok(sources.length >= 40, `${sources.length} source files`);
  assert.ok(sources.includes('server/main.ts') && texts.includes('package.json'));
});

test('[TREE-2] no path of one machine stands in the project', () => {
  assert.deepEqual(offenders(texts, /(?<![\w.])\/(work|farm|home|Users|root)\/[a-z.]|\.\.\/shared\//), []);
});

test('[TREE-3] no test is skipped or singled out, and no check is silenced', () => {
  assert.deepEqual(
    offenders(sources, /\b(it|test|describe)\.(skip|only|todo)\b|@ts-(ignore|nocheck)|\bFIXME\b|\bXXX\b/),
    [],
  );
});

test('[TREE-4] the lock file holds integrity, and no download address', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { integrity?: string; resolved?: string }>;
  };
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  assert.ok(packages.length > 50);
  assert.deepEqual(
    packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path),
    [],
  );
  assert.deepEqual(
    packages.filter(([, { integrity }]) => !integrity).map(([path]) => path),
    [],
  );
});

test('[TREE-5] dependencies are pinned to one version each', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    for (const [name, version] of Object.entries(manifest[group] ?? {})) assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
});

test('[TREE-6] the README names both commands, and CI runs the one it names', () => {
  const readme = read('README.md');
  assert.match(readme, /npm start/);
  assert.match(readme, /npm test/);
  assert.match(read('.ci/run'), /\bnpm test\b/);
});

test('[TREE-7] the environment is read in config.ts only', () => {
  const server = sources.filter((path) => /^(server|app|components)\//.test(path) && !/\.test\.tsx?$/.test(path));
  const allowed = new Set(['server/config.ts', 'server/setup.mjs', 'server/checks/run-all.ts']);
  assert.deepEqual(
    offenders(
      server.filter((path) => !allowed.has(path)),
      /process\.env/,
    ),
    [],
  );
});

test('[TREE-8] every source file in server/ begins by saying what it owns', () => {
  const own = sources.filter((path) => /^server\//.test(path) && !/\.test\.ts$/.test(path));
  assert.deepEqual(
    own.filter((path) => !/^(#!.*\n)?(\/\/|\/\*)/.test(read(path))),
    [],
  );
});

/** Tables with one file per API or subject: they grow by a file with each, and are looked up by its number or name. */
const TABLES = ['server/protocol/schema', 'server/engine/broker/handlers', 'server/live/contract'];
const MOST_FILES = 15;

/** Folders with too many source files directly in them, tests not counted, and how many. */
function crowded(paths: readonly string[], except: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of paths) {
    if (/\.(test|e2e)\.tsx?$/.test(path)) continue;
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([folder, count]) => count > MOST_FILES && !except.includes(folder))
    .map(([folder, count]) => `${folder}: ${count} files`);
}

test('[TREE-9] no folder but the tables has more than 15 source files, tests not counted; a planted one is found', () => {
  assert.deepEqual(crowded(sources, TABLES), []);
  for (const table of TABLES)
    assert.ok(
      crowded(sources, []).some((line) => line.startsWith(`${table}: `)),
      table,
    );
  const planted = Array.from({ length: MOST_FILES }, (_, i) => `server/planted/file-${i}.ts`);
  const full = [...sources, ...planted, 'server/planted/file-0.test.ts', 'server/planted/below/file-15.ts'];
  assert.deepEqual(crowded(full, TABLES), []);
  assert.deepEqual(crowded([...full, 'server/planted/file-15.ts'], TABLES), ['server/planted: 16 files']);
});

const TOP_LEVEL = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
  '.gitignore',
  '.npmrc',
  'biome.json',
  'next.config.mjs',
  'postcss.config.mjs',
  ...['app', 'server', 'components', 'e2e', 'public', '.ci'].map((folder) => `${folder}/`),
]);
const strayAtTop = (paths: readonly string[]): string[] => [
  ...new Set(paths.map((path) => path.replace(/\/.*/s, '/')).filter((entry) => !TOP_LEVEL.has(entry))),
];

test('[TREE-10] nothing lies at the top level but what tools and the design put there; planted strays are found', () => {
  assert.deepEqual(strayAtTop([self, ...files]), []);
  assert.deepEqual(strayAtTop(['isolate-0x1-v8.log', 'docs/a.md', 'docs/b.md', 'app/page.tsx']), [
    'isolate-0x1-v8.log',
    'docs/',
  ]);
});
