// Proves what a count of records says of the partitions that it leaves out.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leftOutOfRecords } from './left-out.ts';

test('[WEB-67] a count of records that leaves out partitions without a leader says so, and how many', () => {
  assert.equal(leftOutOfRecords({ offlinePartitions: 0 }), null);
  assert.equal(leftOutOfRecords({ offlinePartitions: 1 }), '1 partition without a leader is not counted');
  assert.equal(leftOutOfRecords({ offlinePartitions: 12 }), '12 partitions without a leader are not counted');
});
