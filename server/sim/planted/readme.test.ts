import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PLANTED } from './bugs.ts';

const HEAD = '| An engine that … | found by seed | at most | invariant |';

/** Name and bound of each bug in the table of a text. */
function bugsIn(text: string): { name: string; seeds: number }[] {
  const table = text.split(`${HEAD}\n`)[1]?.split('\n\n')[0] ?? '';
  return [...table.matchAll(/^\| (.+?) \| (\d+) \| (\d+) \| \d+ \|$/gm)].map(([, name = '', found, seeds]) => {
    assert.ok(Number(found) <= Number(seeds), `${name} is found by seed ${found} of ${seeds}`);
    return { name, seeds: Number(seeds) };
  });
}

test('[SIM-14] README’s table names every planted bug with its number of seeds, and no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  assert.deepEqual(bugsIn(readme).sort(byName), PLANTED.map(({ name, seeds }) => ({ name, seeds })).sort(byName));
  assert.deepEqual(bugsIn(`${HEAD}\n| --- | --- | --- | --- |\n| lies | 2 | 3 | 11 |\n\n| no | 1 | 1 | 1 |`), [
    { name: 'lies', seeds: 3 },
  ]);
});
