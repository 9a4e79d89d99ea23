// Regular expressions of subscriptions: RE2's language over topic names, without backtracking.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compileRegex } from './parse.ts';

function matches(pattern: string, name: string): boolean {
  const program = compileRegex(pattern);
  assert.ok(typeof program !== 'string', `${pattern}: ${String(program)}`);
  return program.matches(name);
}

test('[CGP-1] an expression describes the whole name, in RE2’s language', () => {
  for (const [pattern, name, expected] of [
    ['orders', 'orders', true],
    ['order', 'orders', false],
    ['orders|trades', 'trades', true],
    ['(orders|trades)-\\d{2,3}', 'trades-1', false],
    ['(orders|trades)-\\d{2,3}', 'trades-123', true],
    ['^orders.*$', 'orders-eu', true],
    ['[^_].*', '_internal', false],
    ['(?i)ORDERS', 'orders', true],
    ['a(?i:B)c', 'abC', false],
    ['[[:alpha:]]+\\.[a-c-]+', 'ab.c-a', true],
    ['\\Qa.b\\E', 'axb', false],
    ['\\p{Lu}x', 'Ax', true],
    ['(?P<kind>a|b)+?', 'abab', true],
    ['a{0}b', 'b', true],
    ['x*', '', true],
    ['\\x61\\x{62}', 'ab', true],
    ['.*\\bb', 'a-b', true],
    ['a{', 'a{', true],
  ] as const) {
    assert.equal(matches(pattern, name), expected, `${pattern} on ${name}`);
  }
});

test('[CGP-2] what RE2 does not know is refused with a sentence', () => {
  for (const pattern of [
    '(',
    ')',
    '[a',
    '*',
    'a**',
    'a*+',
    '(?=a)',
    '(?<!a)b',
    '(a)\\1',
    '\\',
    'a{1001}',
    'a{3,2}',
    '[b-a]',
    '((a{999}){999})',
    '\\p{Nothing}',
  ]) {
    assert.equal(typeof compileRegex(pattern), 'string', pattern);
  }
});

test('[CGP-3] what makes others backtrack for ever ends at once', () => {
  const name = 'a'.repeat(249);
  assert.equal(matches('(a*)*b', name), false);
  assert.equal(matches('(a|a|aa)+$b', name), false);
  assert.equal(matches('(a?){200}a{200}', name), true);
  assert.equal(matches('((((((){1000}){1000}){1000}){1000}){1000})a*', name), true);
});

test('[CGP-4] where JavaScript’s engine means the same, both agree', () => {
  const piece = fc.constantFrom('a', 'b', '.', 'a*', 'b+', '(a|b)', '[ab]', '[^a]', 'a?', '(ab)*', 'a{1,2}', '|');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 7 }), fc.array(fc.constantFrom('a', 'b', 'c')), (pieces, chars) => {
      const pattern = pieces.join('');
      const name = chars.join('');
      assert.equal(matches(pattern, name), new RegExp(`^(?:${pattern})$`).test(name), `${pattern} on ${name}`);
    }),
    { numRuns: 500 },
  );
});
