import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { crc32c, crc32cPlain, installNativeCrc32c } from '../../kernel/crc32c.ts';
import { preferNativeCrc32c } from './native-crc32c.ts';

afterEach(() => installNativeCrc32c(crc32cPlain));

test('[HOST-10] a native CRC-32C is used only where it agrees with the plain one', () => {
  assert.equal(
    preferNativeCrc32c(() => () => 1),
    false,
    'wrong',
  );
  assert.equal(
    preferNativeCrc32c(() => null),
    false,
    'missing',
  );
  assert.equal(crc32c(Buffer.alloc(1_000)), crc32cPlain(Buffer.alloc(1_000)));
  let calls = 0;
  assert.equal(
    preferNativeCrc32c(() => (bytes: Buffer) => {
      calls++;
      return crc32cPlain(bytes);
    }),
    true,
  );
  const before = calls;
  crc32c(Buffer.alloc(1_000));
  assert.equal(calls, before + 1);
  assert.equal(preferNativeCrc32c(), true, 'the package of this platform agrees');
});
