// SPEC.md and the tests speak of the same rules: each rule listed there is proven by a test whose title begins with its id, and
// each id in a title stands in SPEC.md.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../', import.meta.url).pathname;
const ID = /\[([A-Z][A-Z0-9]{1,3}-[A-Z0-9]+)\]/g;

export function idsInTests(sources: readonly string[]): Set<string> {
  const ids = new Set<string>();
  for (const source of sources) {
    for (const title of source.matchAll(/\b(?:test\(|title:)\s*[`'"]((?:\[[A-Z0-9-]+\]\s?)+)/g)) {
      for (const match of (title[1] as string).matchAll(ID)) ids.add(match[1] as string);
    }
  }
  return ids;
}
export function idsInSpec(text: string): Set<string> {
  return new Set([...text.matchAll(/^- \*\*([A-Z][A-Z0-9]{1,3}-[A-Z0-9]+)\*\*/gm)].map((match) => match[1] as string));
}
const missing = (from: Set<string>, other: Set<string>): string[] => [...from].filter((id) => !other.has(id)).sort();

test('[CHK-S1] every rule of SPEC.md is cited by a test, and every cited rule is in SPEC.md', () => {
  const files = globSync('{server,components,app,e2e}/**/*{.test,.e2e,.integration,-contract}.ts', { cwd: ROOT });
  const cited = idsInTests(files.map((file) => readFileSync(`${ROOT}${file}`, 'utf8')));
  const stated = idsInSpec(readFileSync(`${ROOT}server/SPEC.md`, 'utf8'));
  assert.ok(cited.size > 100, `only ${cited.size} rules are cited`);
  assert.deepEqual(missing(cited, stated), [], 'cited by tests but not in SPEC.md');
  assert.deepEqual(missing(stated, cited), [], 'in SPEC.md but cited by no test');
});

test('[CHK-S2] a planted rule without a test, and a test without a rule, are found', () => {
  const cited = idsInTests(["test('[LOG-900] planted', () => {});"]);
  const stated = idsInSpec('- **LOG-901** planted');
  assert.deepEqual(missing(cited, stated), ['LOG-900']);
  assert.deepEqual(missing(stated, cited), ['LOG-901']);
});
