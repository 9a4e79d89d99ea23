import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransactionPartition, TransactionRow } from '../../server/live/contract.ts';
import { atPartition, fencingHits, standing, waiting } from './explain.ts';

const row = (over: Partial<TransactionRow>): TransactionRow => ({
  transactionalId: 't',
  state: 'Ongoing',
  producerId: '7',
  producerEpoch: 2,
  timeoutMs: 60_000,
  startedAtMs: 1,
  partitions: 2,
  coordinatorId: 1,
  heldBack: 40,
  doubt: null,
  ...over,
});
const place = (over: Partial<TransactionPartition>): TransactionPartition => ({
  topic: 'orders',
  partition: 0,
  leader: 1,
  firstOffset: 120,
  lastStableOffset: 120,
  endOffset: 160,
  heldBack: 40,
  behindProducerId: null,
  lastWriteAtMs: 1,
  doubt: null,
  ...over,
});

test('[WEB-62] a transaction is explained: what its state means, how many records wait for it and who does not get them', () => {
  assert.equal(
    standing({ transaction: row({}) }),
    'It is open on 2 partitions: its producer may write more, commit or abort it.',
  );
  assert.match(standing({ transaction: row({ state: 'PrepareCommit', partitions: 1 }) }), /marker into 1 partition/);
  assert.match(
    waiting({ transaction: row({}), partitions: [place({}), place({ partition: 1, heldBack: 0 })] }) ?? '',
    /^40 records are held back in 1 partition from consumers with isolation.level=read_committed/,
  );
  assert.match(waiting({ transaction: row({ heldBack: null }), partitions: [] }) ?? '', /not known/);
  assert.equal(waiting({ transaction: row({ heldBack: 0, state: 'Empty' }), partitions: [] }), null);
  assert.equal(atPartition(place({})), 'Readers of committed records stand at 120, 40 records before the end.');
  assert.match(atPartition(place({ behindProducerId: '9' })), /Producer id 9 opened a transaction here earlier/);
  assert.equal(atPartition(place({ firstOffset: null, heldBack: 0 })), 'Nothing written here yet.');
});

test('[WEB-63] fencing names what it hits: the producer, and its open transaction or that there is none', () => {
  const open = fencingHits(row({})).join(' ');
  assert.match(open, /epoch 2\) can write and commit no more.*open transaction on 2 partitions is aborted/);
  assert.match(fencingHits(row({ state: 'CompleteCommit' })).join(' '), /no record is lost/);
});
