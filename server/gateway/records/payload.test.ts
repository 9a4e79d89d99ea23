import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { filterFor, payload, recordRow } from './payload.ts';

test('[GTW-13] bytes are text only when they are valid UTF-8, and a cut never splits a character', () => {
  assert.deepEqual(payload(null, 10), { sizeBytes: -1, text: null, base64: null, isTruncated: false });
  assert.deepEqual(payload(Buffer.alloc(0), 10), { sizeBytes: 0, text: '', base64: null, isTruncated: false });
  assert.deepEqual(payload(Buffer.from([0xff, 0xfe]), 10), {
    sizeBytes: 2,
    text: null,
    base64: '//4=',
    isTruncated: false,
  });
  assert.deepEqual(payload(Buffer.from('aé€😀'), 9), { sizeBytes: 10, text: 'aé€', base64: null, isTruncated: true });
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 4, max: 50 }), (text, limit) => {
      const shown = payload(Buffer.from(text), limit);
      assert.ok(shown.text !== null && text.startsWith(shown.text));
    }),
  );
});

test('[GTW-13] integers of 64 bits stay exact on the way', () => {
  assert.equal(payload(Buffer.from('{"id":9223372036854775807}'), 100).text, '{"id":9223372036854775807}');
});

test('[GTW-14] the filter looks at the whole value, the key and the headers, before anything is cut', () => {
  const record = {
    offset: 1,
    timestampMs: 1,
    isLogAppendTime: false,
    key: Buffer.from('user-42'),
    value: Buffer.concat([Buffer.alloc(5_000, 'x'), Buffer.from('needle')]),
    headers: [{ key: 'trace', value: Buffer.from('abc') }],
  };
  for (const found of ['', 'needle', 'user-4', 'trace', 'abc']) assert.ok(filterFor(found)(record), found);
  for (const missing of ['Needle', 'zzz']) assert.ok(!filterFor(missing)(record), missing);
  assert.equal(recordRow(0, record, 2_048).value.text?.length, 2_048);
});
