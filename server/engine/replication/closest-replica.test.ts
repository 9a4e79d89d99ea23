import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closestReplica } from './closest-replica.ts';

const RACKS = new Map([
  [2, 'b'],
  [3, 'b'],
  [4, 'c'],
  [5, 'b'],
]);
const rackOf = (id: number) => RACKS.get(id) ?? null;
const at = (brokerId: number, endOffset: number, lastCaughtUpMs = 0) => ({ brokerId, endOffset, lastCaughtUpMs });

test('[REP-40] the closest replica is the leader unless an in-sync follower stands in the consumer’s rack: the furthest, caught up last', () => {
  const followers = [at(2, 10), at(3, 12, 5), at(4, 20), at(5, 12, 7)];
  assert.equal(closestReplica('b', 'a', followers, rackOf), 5);
  assert.equal(closestReplica('b', 'a', [at(2, 10), at(3, 10)], rackOf), 2);
  assert.equal(closestReplica('c', 'a', followers, rackOf), 4);
  assert.equal(closestReplica('a', 'a', followers, rackOf), -1);
  assert.equal(closestReplica('b', 'b', followers, rackOf), -1, 'the leader is as close');
  assert.equal(closestReplica('', null, [at(9, 10)], rackOf), -1, 'no rack is no place');
  assert.equal(closestReplica('d', 'a', followers, rackOf), -1);
});
