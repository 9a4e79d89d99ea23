import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartitionRow } from '../../server/live/contract.ts';
import { leaderlessFacts, lossSentences } from './loss.ts';

const partition = (number: number, leader: number | null, replicas: readonly number[]): PartitionRow => ({
  partition: number,
  leader,
  leaderEpoch: 1,
  replicas,
  inSyncReplicas: leader === null ? [] : replicas,
  startOffset: null,
  endOffset: null,
  sizeBytes: null,
  inRecordsPerSecond: null,
});

test('[WEB-64] electing anyway is offered only where a replica is up, and names whose records are lost', () => {
  const rows = [partition(0, 1, [1, 2]), partition(1, null, [2, 3]), partition(2, null, [3])];
  const facts = leaderlessFacts(rows, new Set([1, 2]));
  assert.deepEqual(facts, { partitions: [1, 2], electable: [1], down: [3], up: [2] });
  assert.match(
    lossSentences(facts).join(' '),
    /1 partition .* on broker 2.*records that only broker 3 has are lost for good/,
  );
  assert.deepEqual(leaderlessFacts(rows, null).electable, []);
  const wiped = leaderlessFacts(rows, new Set([1, 2, 3]));
  assert.match(lossSentences(wiped).join(' '), /brokers 2 and 3.*is gone or empty.*lost for good/);
});
