import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAsker, writeAsker } from './asker.ts';

test('[SASL-22] the controller reads who asks as the broker wrote it, and a client that is nobody is written as itself', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('ANONYMOUS', '\0', '\0a\0b', ''));
  fc.assert(
    fc.property(text, text, (user, clientId) => {
      fc.pre(!user.includes('\0') && user !== '');
      assert.deepEqual(readAsker(writeAsker({ user, clientId })), { user, clientId });
      if (user === 'ANONYMOUS' && !clientId.startsWith('\0')) assert.equal(writeAsker({ user, clientId }), clientId);
    }),
  );
});
