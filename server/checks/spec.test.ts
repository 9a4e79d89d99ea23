// The specification and the tests speak of the same rules: each rule of a SPEC.md is proven by a test whose title begins with its
// id, and each id in a title stands in one. What Kafka clients depend on (KAFKA.md) is told by those rules. The index names it all.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { idsInTests, leftovers, readSpecFiles, scattered, statedIn } from './spec.ts';
import { filesInIndex, INDEX, withCounts } from './tables.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const files = readSpecFiles(ROOT);
const specification = files.map(({ text }) => text).join('\n');
const idsInSpec = (text: string): Set<string> => new Set(statedIn(text));

const CLIENTS = '## What Kafka clients depend on';
const PROVEN = /^- \S.* — ([A-Z][A-Z0-9]{1,3}-[A-Z0-9]+(?:, [A-Z][A-Z0-9]{1,3}-[A-Z0-9]+)*)$/;
const NOT_KEPT = /^- \S.* — not kept: \S.{9,}$/;

/** The lines of that section below its introduction: what of them neither ends in rules that are stated nor in a reason. */
export function clientLines(text: string, stated: ReadonlySet<string>): { count: number; wrong: string[] } {
  const section = text.split(`${CLIENTS}\n`)[1]?.split(/^## /m)[0] ?? '';
  const lines = section
    .slice(section.indexOf('\n### '))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('### '));
  const isRight = (line: string) =>
    PROVEN.exec(line)?.[1]
      ?.split(', ')
      .every((id) => stated.has(id)) ?? NOT_KEPT.test(line);
  return { count: lines.length, wrong: lines.filter((line) => !isRight(line)) };
}
const missing = (from: Set<string>, other: Set<string>): string[] => [...from].filter((id) => !other.has(id)).sort();

test('[CHK-S1] every rule of the specification is cited by a test, and every cited rule is in the specification', () => {
  const tests = globSync('{server,components,app,e2e}/**/*{.test,.e2e,.integration,-contract}.ts', { cwd: ROOT });
  const cited = idsInTests(tests.map((file) => readFileSync(`${ROOT}${file}`, 'utf8')));
  const stated = idsInSpec(specification);
  assert.ok(cited.size > 100, `only ${cited.size} rules are cited`);
  assert.deepEqual(missing(cited, stated), [], 'cited by tests but in no SPEC.md');
  assert.deepEqual(missing(stated, cited), [], 'in a SPEC.md but cited by no test');
});

test('[CHK-S2] a planted rule without a test, and a test without a rule, are found', () => {
  // In two pieces, so that this file does not cite it.
  const cited = idsInTests([`test(${"'[LOG-900] planted', () => {});"}`]);
  const stated = idsInSpec('- **LOG-901** planted');
  assert.deepEqual(missing(cited, stated), ['LOG-900']);
  assert.deepEqual(missing(stated, cited), ['LOG-901']);
});

test('[CHK-S5] no two rules have one id, every line of a list is a rule, and none is left of a merge; planted ones are found', () => {
  assert.deepEqual(leftovers(specification), []);
  const lines = [
    '- **LOG-901** one',
    '<<<<<<< HEAD',
    '- **LOG-902** two',
    '=======',
    '- **LOG-901** three',
    '>>>>>>> b',
    '- **LOG-903 four',
    '- **LOG-904**',
  ];
  assert.deepEqual(leftovers(lines.join('\n')), [
    'LOG-901',
    '<<<<<<< HEAD',
    '=======',
    '>>>>>>> b',
    '- **LOG-903 four',
    '- **LOG-904**',
  ]);
});

test('[CHK-S6] ids that begin alike are in one file; a planted one elsewhere is found', () => {
  assert.deepEqual(scattered(files), []);
  const planted = [
    { path: 'a/SPEC.md', text: '- **LOG-1** one\n- **REC-1** one' },
    { path: 'b/SPEC.md', text: '- **LOG-2** two' },
  ];
  assert.deepEqual(scattered(planted), ['LOG: a/SPEC.md, b/SPEC.md']);
});

test('[CHK-S7] the index names every file of rules once, with its ids and their number; planted mistakes are found', () => {
  const index = readFileSync(`${ROOT}${INDEX}`, 'utf8');
  assert.deepEqual(filesInIndex(index).sort(), files.map(({ path }) => path).sort());
  assert.equal(withCounts(index, files), index, 'npm run tables writes it anew');
  const planted = [
    '| Area | File | What it binds | Ids | Rules |',
    '|---|---|---|---|---:|',
    '| A | [a](a/SPEC.md) | x | LOG | 3 |',
    '| B | [b](../b/SPEC.md) | y | REC | 7 |',
    'Behind.',
  ].join('\n');
  assert.deepEqual(filesInIndex(planted), ['server/a/SPEC.md', 'b/SPEC.md']);
  const counted = withCounts(planted, [
    { path: 'server/a/SPEC.md', text: '- **LOG-1** one\n- **IDX-1** one' },
    { path: 'b/SPEC.md', text: 'no rule' },
  ]);
  assert.deepEqual(counted.split('\n').slice(2), [
    '| A | [a](a/SPEC.md) | x | LOG IDX | 2 |',
    '| B | [b](../b/SPEC.md) | y |  | 0 |',
    'Behind.',
  ]);
  assert.throws(() => filesInIndex('no table'), /there is no table/);
});

test('[CHK-S3] what Kafka clients depend on ends line by line in rules of the specification, or in why it is not kept', () => {
  const text = readFileSync(`${ROOT}server/KAFKA.md`, 'utf8');
  const { count, wrong } = clientLines(text, idsInSpec(specification));
  assert.ok(count > 10, `only ${count} lines`);
  assert.deepEqual(wrong, []);
});

test('[CHK-S4] a planted line without a rule, with a rule that is not there, without a reason, or of no form is found', () => {
  const right = [
    '- One — LOG-1',
    '- Two — with a dash — LOG-1, LOG-2',
    '- Three — not kept: nobody has asked for it yet',
  ];
  const wrong = [
    '- Without a rule',
    '- Unknown — LOG-1, LOG-3',
    '- No reason — not kept: no',
    '- Kept by words — LOG-1 and more',
    'No line of a list — LOG-1',
  ];
  const text = [
    '## Log',
    CLIENTS,
    'Introduction.',
    '### One',
    '',
    ...right,
    '### Two',
    ...wrong,
    '## Next',
    '- Not here',
  ];
  const found = clientLines(text.join('\n'), new Set(['LOG-1', 'LOG-2']));
  assert.deepEqual(found, { count: right.length + wrong.length, wrong });
  assert.deepEqual(clientLines('## Other', new Set()), { count: 0, wrong: [] });
});
