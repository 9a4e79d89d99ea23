// SPEC.md and the tests speak of the same rules: each rule listed there is proven by a test whose title begins with its id, and
// each id in a title stands in SPEC.md. What Kafka clients depend on is told there by those rules.
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
function statedIn(text: string): string[] {
  return [...text.matchAll(/^- \*\*([A-Z][A-Z0-9]{1,3}-[A-Z0-9]+)\*\*/gm)].map((match) => match[1] as string);
}
export function idsInSpec(text: string): Set<string> {
  return new Set(statedIn(text));
}
/** Ids that two rules have, and lines that a merge left behind. */
export function leftovers(text: string): string[] {
  const ids = statedIn(text);
  const markers = text.split('\n').filter((line) => /^(<{7} |={7}$|>{7} )/.test(line));
  return [...ids.filter((id, i) => ids.indexOf(id) !== i), ...markers];
}
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

test('[CHK-S5] no two rules have one id, and no line of SPEC.md is left of a merge; planted ones are found', () => {
  assert.deepEqual(leftovers(readFileSync(`${ROOT}server/SPEC.md`, 'utf8')), []);
  const lines = [
    '- **LOG-901** one',
    '<<<<<<< HEAD',
    '- **LOG-902** two',
    '=======',
    '- **LOG-901** three',
    '>>>>>>> b',
  ];
  assert.deepEqual(leftovers(lines.join('\n')), ['LOG-901', '<<<<<<< HEAD', '=======', '>>>>>>> b']);
});

test('[CHK-S3] what Kafka clients depend on ends line by line in rules of SPEC.md, or in why it is not kept', () => {
  const text = readFileSync(`${ROOT}server/SPEC.md`, 'utf8');
  const { count, wrong } = clientLines(text, idsInSpec(text));
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
