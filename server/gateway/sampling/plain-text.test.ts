import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainText } from './plain-text.ts';

test('[GTW-29] Kafka’s HTML documentation reads as plain text, and text that is not HTML stays as it is', () => {
  const html =
    'Specifies the <i>minimum</i> number. E.g., <code>acks=all</code>.<br> Regardless<p>Note &lt;b&gt; the <a href="#x">ELR section</a> &#38; more.</p>';
  assert.equal(
    plainText(html),
    'Specifies the minimum number. E.g., acks=all.\nRegardless\nNote <b> the ELR section & more.',
  );
  for (const text of ['a < b and c > d', 'Format: <host>:<port>', 'plain', '', '&unknown;'])
    assert.equal(plainText(text), text);
});
