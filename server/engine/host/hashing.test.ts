import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hmacSha2, sha2 } from '../../kernel/sha2.ts';
import { hostHashing } from './hashing.ts';

test('[HOST-13] hashes are those of the kernel, and a password is stretched as RFC 7914 prints it', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map(Buffer.from);
  fc.assert(
    fc.property(fc.constantFrom('sha256' as const, 'sha512' as const), bytes, bytes, (kind, key, message) => {
      assert.deepEqual(hostHashing.sha2(kind, message), sha2(kind, message));
      assert.deepEqual(hostHashing.hmac(kind, key, message), hmacSha2(kind, key, message));
    }),
    { numRuns: 30 },
  );
  const given = { password: Buffer.from('passwd'), salt: Buffer.from('salt'), iterations: 1 };
  const key = await hostHashing.stretch('sha256', given);
  assert.equal(key.toString('hex'), '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc');
  assert.equal((await hostHashing.stretch('sha512', given)).length, 64);
});
