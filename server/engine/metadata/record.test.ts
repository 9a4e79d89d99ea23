import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../kernel/decode-error.ts';
import { decodeRecord, encodeRecord, record } from './record.ts';

const ID = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');
const topicId = ID.toString('base64url');

test('[META-7] records have KRaft’s bytes: frame version, type and version before the flexible body', () => {
  const topic = encodeRecord(record('topic', { name: 'foo', topicId }));
  assert.equal(topic.toString('hex'), `010200${'04666f6f'}${ID.toString('hex')}00`);
  const change = encodeRecord(record('partitionChange', { partitionId: 2, topicId, leader: -1 }));
  // Only the leader is written: tag 1, four bytes.
  assert.equal(change.toString('hex'), `010502${'00000002'}${ID.toString('hex')}01${'0104ffffffff'}`);
  const gone = encodeRecord(record('removeTopic', { topicId }));
  assert.equal(gone.toString('hex'), `010900${ID.toString('hex')}00`);
  const config = encodeRecord(record('config', { resourceType: 2, resourceName: 'foo', name: 'a', value: null }));
  assert.equal(config.toString('hex'), `010400${'02'}${'04666f6f'}${'0261'}${'00'}00`);
});

test('[META-8] broken bytes are a DecodeError, never a crash', () => {
  const good = encodeRecord(record('partition', { partitionId: 1, topicId, replicas: [1, 2], isr: [1], leader: 1 }));
  const broken = fc.oneof(
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
    fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) }).map(({ at, to }) => {
      const bytes = Buffer.from(good);
      bytes[at] = to;
      return bytes;
    }),
    fc.nat(good.length - 1).map((length) => good.subarray(0, length)),
  );
  fc.assert(
    fc.property(broken, (bytes) => {
      try {
        decodeRecord(bytes);
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
