import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reader } from '../../protocol/reader.ts';
import { Writer } from '../../protocol/writer.ts';
import { hostRandom } from './world.ts';

test('[HOST-12] ids are 16 bytes as base64url without padding, each another, and none begins with a dash', () => {
  const ids = Array.from({ length: 2000 }, () => hostRandom.uuid());
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert.match(id, /^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
    const writer = new Writer();
    writer.uuid(id);
    const bytes = writer.toBuffer();
    assert.equal(bytes.length, 16);
    assert.equal(new Reader(bytes).uuid(), id);
  }
});
