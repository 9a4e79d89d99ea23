import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainLag, passedOverOf } from './explain-lag.ts';

const none = { offsets: 0, markers: 0, aborted: 0, compacted: 0, open: 0 };

test('[WEB-65] a group is said to have read everything only when no record is left', () => {
  const marker = { lag: 0, lagParts: { ...none, offsets: 1, markers: 1 } };
  assert.deepEqual(explainLag([marker]), [
    'It has read every record there is: 1 offset after its position holds none to read (1 marker).',
  ]);
  assert.deepEqual(explainLag([marker, { lag: 4, lagParts: null }]), []);
  assert.deepEqual(explainLag([{ lag: 0, lagParts: null }]), []);
});

test('[WEB-65] aborted records and those of open transactions are told with the isolation that matters', () => {
  const parts = { offsets: 6, markers: 1, aborted: 2, compacted: 0, open: 1 };
  const said = explainLag([{ lag: 3, lagParts: parts }]);
  assert.equal(said.length, 2);
  assert.match(said[0] ?? '', /^2 records of aborted transactions come only .*read_uncommitted/);
  assert.match(said[1] ?? '', /^1 record of its lag belongs to open transactions.*read_committed get it once that is/);
  assert.equal(passedOverOf(parts), '1 marker, 2 aborted');
  assert.equal(passedOverOf(none), '');
  assert.equal(passedOverOf(null), '');
});
