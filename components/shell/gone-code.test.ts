// Proves that code which is gone is told from other errors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGoneCode } from './gone-code.ts';

test('[WEB-69] code of a page that the server no longer has is told from a fault of the page, in every browser’s words', () => {
  for (const [name, message] of [
    ['Error', 'Failed to load chunk /_next/static/chunks/2phx40l886gzu.js from module 64993'],
    ['ChunkLoadError', 'Loading chunk 7 failed.'],
    ['TypeError', 'Failed to fetch dynamically imported module: http://127.0.0.1:3000/a.js'],
    ['TypeError', 'error loading dynamically imported module: http://127.0.0.1:3000/a.js'],
    ['TypeError', 'Importing a module script failed.'],
  ] as const)
    assert.equal(isGoneCode({ name, message }), true, message);
  for (const message of ['Failed to fetch', 'chunk is not a function', 'x is undefined'])
    assert.equal(isGoneCode({ name: 'TypeError', message }), false, message);
});
