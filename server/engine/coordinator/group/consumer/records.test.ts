// Records of consumer groups, as Kafka's tools read them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { CoordinatorRecord } from '../../records.ts';
import { decodeRecord, encodeRecord } from '../../records.ts';
import { toAssignment } from './partitions.ts';

const hex = (bytes: Buffer | null) => bytes?.toString('hex');

test('[CGP-41] records of consumer groups have Kafka’s bytes', () => {
  const bytesOf = (record: CoordinatorRecord) => {
    const { key, value } = encodeRecord(record, 0);
    return [hex(key), hex(value)];
  };
  assert.deepEqual(bytesOf({ kind: 'consumerGroup', groupId: 'g', value: { epoch: 3, metadataHash: 0 } }), [
    '0003' + '000167',
    '0000' + '00000003' + '00',
  ]);
  assert.deepEqual(bytesOf({ kind: 'consumerGroup', groupId: 'g', value: { epoch: 3, metadataHash: 258 } }), [
    '0003' + '000167',
    '0000' + '00000003' + '01' + '00' + '08' + '0000000000000102',
  ]);
  assert.deepEqual(bytesOf({ kind: 'consumerTargetEpoch', groupId: 'g', value: 4 }), [
    '0006' + '000167',
    '0000' + '00000004' + '00',
  ]);
  const topicId = Buffer.alloc(16, 7).toString('base64url');
  const assigned = toAssignment([{ topicId, partitions: [1, 0] }]);
  const list = '02' + '07'.repeat(16) + '03' + '00000000' + '00000001' + '00';
  assert.deepEqual(bytesOf({ kind: 'consumerTarget', groupId: 'g', memberId: 'm', value: assigned }), [
    '0007' + '000167' + '00016d',
    '0000' + list + '00',
  ]);
  const value = { epoch: 2, previousEpoch: 1, state: 1, assigned, pendingRevocation: new Map() };
  assert.deepEqual(bytesOf({ kind: 'consumerCurrent', groupId: 'g', memberId: 'm', value }), [
    '0008' + '000167' + '00016d',
    '0000' + '00000002' + '00000001' + '01' + list + '01' + '00',
  ]);
  assert.deepEqual(bytesOf({ kind: 'consumerMember', groupId: 'g', memberId: 'm', value: null }), [
    '0005' + '000167' + '00016d',
    undefined,
  ]);
  assert.equal(decodeRecord(Buffer.from('0004000167', 'hex'), Buffer.from('00000100', 'hex')), null);
});

test('[CGP-41] what is encoded decodes to the same', () => {
  const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(model, { noNullPrototype: true });
  const text = fc.string({ maxLength: 20 });
  const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  const count = fc.integer({ min: -2, max: 2 ** 31 - 1 });
  const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array));
  const uuid = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((array) => Buffer.from(array).toString('base64url'));
  const partitions = fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 5 });
  const assignment = fc.array(plain({ topicId: uuid, partitions }), { maxLength: 3 }).map(toAssignment);
  const classic = plain({
    sessionTimeoutMs: count,
    protocols: fc.array(plain({ name: text, metadata: bytes }), { maxLength: 2 }),
  });
  const subscription = plain({
    instanceId: orNull(text),
    rackId: orNull(text),
    clientId: text,
    clientHost: text,
    topics: fc.array(text, { maxLength: 3 }),
    regex: orNull(text),
    rebalanceTimeoutMs: count,
    serverAssignor: orNull(text),
    classic: orNull(classic),
  });
  const possession = plain({
    epoch: count,
    previousEpoch: count,
    state: fc.nat(2),
    assigned: assignment,
    pendingRevocation: assignment,
  });
  const regex = plain({ topics: fc.array(text, { maxLength: 3 }), version: fc.nat(), timestampMs: fc.nat() });
  const of = <K extends string>(kind: K) => fc.constant(kind);
  const record: fc.Arbitrary<CoordinatorRecord> = fc.oneof(
    plain({ kind: of('consumerMember'), groupId: text, memberId: text, value: orNull(subscription) }),
    plain({ kind: of('consumerCurrent'), groupId: text, memberId: text, value: orNull(possession) }),
    plain({ kind: of('consumerTarget'), groupId: text, memberId: text, value: orNull(assignment) }),
    plain({ kind: of('consumerRegex'), groupId: text, regex: text, value: orNull(regex) }),
    plain({ kind: of('consumerTargetEpoch'), groupId: text, value: orNull(count) }),
  );
  fc.assert(
    fc.property(record, (one) => {
      const { key, value } = encodeRecord(one, 0);
      assert.deepEqual(decodeRecord(key, value), one);
    }),
  );
});
