import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DecodeError } from '../../kernel/decode-error.ts';
import { ZERO_UUID } from '../../protocol/grammar.ts';
import type { CoordinatorRecord } from './records.ts';
import { decodeRecord, encodeRecord } from './records.ts';

const hex = (bytes: Buffer | null): string | undefined => bytes?.toString('hex');

test('[OFS-15] an offset record has Kafka’s bytes: int16 key type, int16 value version, plain fields', () => {
  const committed = {
    offset: 5,
    leaderEpoch: 2,
    metadata: 'm',
    commitTimestampMs: 9,
    expireTimestampMs: -1,
    topicId: ZERO_UUID,
  };
  const record: CoordinatorRecord = { kind: 'offset', groupId: 'g', topic: 't', partition: 3, committed };
  const { key, value } = encodeRecord(record, 0);
  assert.equal(hex(key), '0001' + '000167' + '000174' + '00000003');
  assert.equal(hex(value), '0004' + '0000000000000005' + '00000002' + '026d' + '0000000000000009' + '00');
  assert.equal(encodeRecord({ ...record, committed: null }, 0).value, null);
});

test('[OFS-15] a commit with its own expiry is written as version 1, which alone has the field', () => {
  const committed = {
    offset: 5,
    leaderEpoch: -1,
    metadata: '',
    commitTimestampMs: 9,
    expireTimestampMs: 11,
    topicId: ZERO_UUID,
  };
  const { value } = encodeRecord({ kind: 'offset', groupId: 'g', topic: 't', partition: 3, committed }, 0);
  assert.equal(hex(value), '0001' + '0000000000000005' + '0000' + '0000000000000009' + '000000000000000b');
});

test('[GRP-35] a group record has Kafka’s bytes', () => {
  const member = {
    memberId: 'm',
    groupInstanceId: null,
    clientId: 'c',
    clientHost: '/h',
    rebalanceTimeout: 7,
    sessionTimeout: 6,
    subscription: Buffer.from([1]),
    assignment: Buffer.from([2, 3]),
  };
  const metadata = {
    protocolType: 'consumer',
    generation: 4,
    protocol: 'range',
    leader: 'm',
    currentStateTimestamp: 9,
    members: [member],
  };
  const { key, value } = encodeRecord({ kind: 'group', groupId: 'g', metadata }, 0);
  assert.equal(hex(key), '0002' + '000167');
  const expected =
    '0003' +
    '0008636f6e73756d6572' +
    '00000004' +
    '000572616e6765' +
    '00016d' +
    '0000000000000009' +
    '00000001' +
    '00016d' +
    'ffff' +
    '000163' +
    '00022f68' +
    '00000007' +
    '00000006' +
    '00000001' +
    '01' +
    '00000002' +
    '0203';
  assert.equal(hex(value), expected);
});

test('[OFS-15] keys of other kinds are passed over; a broken record is a DecodeError', () => {
  assert.equal(decodeRecord(Buffer.from([0, 11, 0, 1, 0x67]), Buffer.alloc(4)), null);
  assert.throws(() => decodeRecord(Buffer.from([0, 1, 0, 9]), Buffer.alloc(0)), DecodeError);
  assert.throws(() => decodeRecord(null, null), DecodeError);
  const { key } = encodeRecord({ kind: 'group', groupId: 'g', metadata: null }, 0);
  assert.throws(() => decodeRecord(key, Buffer.from([0, 99])), DecodeError);
});

test('[OFS-15] what is encoded decodes to the same', () => {
  const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(model, { noNullPrototype: true });
  const text = fc.string({ maxLength: 20 });
  const count = fc.integer({ min: -1, max: 2 ** 31 - 1 });
  const offset = plain({
    offset: fc.integer({ min: 0, max: 2 ** 52 }),
    leaderEpoch: count,
    metadata: text,
    commitTimestampMs: fc.integer({ min: 0, max: 2 ** 45 }),
    expireTimestampMs: fc.constant(-1),
    topicId: fc.constantFrom(ZERO_UUID, 'b3JkZXJzb3JkZXJzb3JkZQ'),
  });
  const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array));
  const member = plain({
    memberId: text,
    groupInstanceId: fc.option(text),
    clientId: text,
    clientHost: text,
    rebalanceTimeout: count,
    sessionTimeout: count,
    subscription: bytes,
    assignment: bytes,
  });
  const group = plain({
    protocolType: text,
    generation: count,
    protocol: fc.option(text),
    leader: fc.option(text),
    currentStateTimestamp: fc.integer({ min: -1, max: 2 ** 45 }),
    members: fc.array(member, { maxLength: 4 }),
  });
  const record: fc.Arbitrary<CoordinatorRecord> = fc.oneof(
    plain({
      kind: fc.constant('offset' as const),
      groupId: text,
      topic: text,
      partition: fc.nat(),
      committed: fc.option(offset),
    }),
    plain({ kind: fc.constant('group' as const), groupId: text, metadata: fc.option(group) }),
  );
  fc.assert(
    fc.property(record, (given) => {
      const { key, value } = encodeRecord(given, 0);
      assert.deepEqual(decodeRecord(key, value), given);
    }),
  );
});
