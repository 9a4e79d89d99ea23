// Proves that pretty-printing changes nothing but white space.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatJson, joinLines } from './json-format.ts';

const format = (text: string): string | null => {
  const lines = formatJson(text);
  return lines === null ? null : joinLines(lines);
};

test('[WEB-50] a 19-digit integer, trailing zeros and escapes stay as they were sent', () => {
  assert.equal(
    format('{"id":9007199254740993123,"total":12.50,"e":2.0E+10,"s":"\\u00e9\\n"}'),
    '{\n  "id": 9007199254740993123,\n  "total": 12.50,\n  "e": 2.0E+10,\n  "s": "\\u00e9\\n"\n}',
  );
});

test('[WEB-50] duplicate keys and key order are kept', () => {
  assert.equal(format('{"b":1,"a":2,"b":3}'), '{\n  "b": 1,\n  "a": 2,\n  "b": 3\n}');
});

test('[WEB-50] empty containers stay on one line, nested ones are indented', () => {
  assert.equal(format(' [ { } , [ ] , [1] ] '), '[\n  {},\n  [],\n  [\n    1\n  ]\n]');
});

test('[WEB-50] what is not one JSON object or array is refused', () => {
  for (const text of [
    '',
    '1',
    '"a"',
    '{',
    '[1,]',
    '{"a":}',
    '{a:1}',
    '[1] 2',
    '[01]',
    '["\\x"]',
    '["a\nb"]',
    '[1}',
    '{"a" 1}',
    '[tru]',
    '{"a":1,}',
    ']',
    '[,1]',
  ]) {
    assert.equal(format(text), null, text);
  }
});

test('[WEB-50] a hundred thousand levels do not overflow the stack', () => {
  const text = '['.repeat(100_000) + ']'.repeat(100_000);
  assert.notEqual(formatJson(text), null);
});

test('[WEB-50] for any value the format agrees with JSON.stringify, and without white space it is the input', () => {
  fc.assert(
    fc.property(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())), (value) => {
      const text = JSON.stringify(value);
      assert.equal(format(text), JSON.stringify(value, null, 2));
    }),
  );
});

test('[WEB-50] text is refused exactly when JSON.parse refuses it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '1', '-', '.5', 'true', 'null', ' ', '"', '\\'), {
        maxLength: 9,
      }),
      (parts) => {
        const text = `[${parts.join('')}`;
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        assert.equal(formatJson(text) !== null, isJson, text);
      },
    ),
    { numRuns: 2_000 },
  );
});
