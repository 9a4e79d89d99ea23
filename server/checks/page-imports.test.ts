// What the browser must not be sent: the validator. Holds that nothing a page imports by value reaches it.
import assert from 'node:assert/strict';
import { posix, resolve } from 'node:path';
import { test } from 'node:test';
import { readSources, type Sources } from './import-law.ts';
import { scan } from './specifiers.ts';

const root = resolve(import.meta.dirname, '../..');

/** Ways from `entries` to `name` by imports that are there when the program runs, each as the files on it; one for each file that imports it. */
function waysTo(name: string, entries: readonly string[], sources: Sources): { ways: string[]; seen: number } {
  const cameFrom = new Map<string, string | null>(entries.map((entry) => [entry, null]));
  const ways: string[] = [];
  for (const path of cameFrom.keys()) {
    for (const { specifier, isTypeOnly } of scan(sources.get(path) ?? '').imports) {
      if (isTypeOnly) continue;
      if (specifier === name || specifier.startsWith(`${name}/`)) ways.push(wayTo(path, cameFrom));
      if (!specifier.startsWith('.')) continue;
      const target = posix.normalize(posix.join(posix.dirname(path), specifier));
      if (sources.has(target) && !cameFrom.has(target)) cameFrom.set(target, path);
    }
  }
  return { ways, seen: cameFrom.size };
}

function wayTo(path: string, cameFrom: ReadonlyMap<string, string | null>): string {
  const way: string[] = [];
  for (let at: string | null = path; at !== null; at = cameFrom.get(at) ?? null) way.unshift(at);
  return way.join(' → ');
}

const isPage = (path: string) => /^(app|components)\//.test(path) && !/\.test\.tsx?$/.test(path);

test('[CON-10] neither the contract nor any page imports the validator, but as types', () => {
  const sources = readSources(root);
  const pages = [...sources.keys()].filter(isPage);
  const { ways, seen } = waysTo('zod', ['server/live/contract.ts', ...pages], sources);
  assert.deepEqual(ways, []);
  assert.ok(pages.length > 200 && seen > pages.length, `${pages.length} pages, ${seen} files seen`);
  assert.ok(waysTo('zod', ['server/live/contract/subjects.ts'], sources).ways.length > 10, 'the declarations do');
});

test('[CON-10] a planted import of a schema by value is found, in the contract and in a page', () => {
  const sources = new Map(readSources(root));
  const contract = 'server/live/contract.ts';
  const page = 'components/quotas/planted.tsx';
  const found = () => waysTo('zod', [contract, page], sources).ways;
  sources.set(page, "import type { QuotaRow } from '../../server/live/contract/quotas.ts';");
  assert.deepEqual(found(), []);
  sources.set(page, "import { type QuotaKey, QuotaRow } from '../../server/live/contract/quotas.ts';");
  assert.ok(found().includes(`${page} → server/live/contract/quotas.ts`));
  sources.delete(page);
  const before = sources.get(contract) ?? '';
  sources.set(
    contract,
    before.replace("export type * from './contract/users.ts'", "export * from './contract/users.ts'"),
  );
  assert.ok(found().includes(`${contract} → server/live/contract/users.ts`));
});
