import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { hmacSha2, sha2 } from './sha2.ts';

test('[KER-6] SHA-256, SHA-512 and their HMACs are those of OpenSSL, for any message and key', () => {
  const bytes = fc.uint8Array({ maxLength: 300 }).map((all) => Buffer.from(all));
  for (const kind of ['sha256', 'sha512'] as const) {
    fc.assert(
      fc.property(bytes, bytes, (key, message) => {
        assert.deepEqual(sha2(kind, message), createHash(kind).update(message).digest());
        assert.deepEqual(hmacSha2(kind, key, message), createHmac(kind, key).update(message).digest());
      }),
      { numRuns: 60 },
    );
  }
});
