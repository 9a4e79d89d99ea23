import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { EpochEnd, FollowerLog } from './follower.ts';
import { followerHighWatermark, truncationOffset } from './follower.ts';

/** A log as the epochs of its records; look-ups as LeaderEpochs answers them. */
class ModelLog implements FollowerLog {
  readonly records: number[];
  constructor(records: readonly number[]) {
    this.records = [...records];
  }
  get endOffset(): number {
    return this.records.length;
  }
  get lastEpoch(): number {
    return this.records.at(-1) ?? -1;
  }
  endOffsetForEpoch(epoch: number): EpochEnd {
    const known = this.records.filter((one) => one <= epoch);
    if (this.records.length === 0) return { epoch: -1, endOffset: -1 };
    return { epoch: known.at(-1) ?? epoch, endOffset: known.length };
  }
}
/** What the leader, whose own epoch begins at its end, answers a fetch (Partition.readRecords); null: histories agree up to there. */
function divergence(leader: ModelLog, follower: ModelLog): EpochEnd | null {
  if (follower.lastEpoch === -1) return null;
  const known = leader.endOffsetForEpoch(follower.lastEpoch);
  const end = known.epoch === -1 ? { epoch: follower.lastEpoch, endOffset: 0 } : known;
  return end.epoch < follower.lastEpoch || end.endOffset < follower.endOffset ? end : null;
}

const history = fc.array(fc.nat({ max: 6 }), { maxLength: 12 }).map((epochs) => epochs.sort((a, b) => a - b));

test('[REP-1] whatever two histories are, following the leader’s word cuts to what both have, and no further', () => {
  fc.assert(
    fc.property(history, history, history, (common, ofLeader, ofFollower) => {
      const last = common.at(-1) ?? 0;
      // An epoch has one leader: what follows the common part is of epochs that only one of the two has seen.
      const leader = new ModelLog([...common, ...ofLeader.map((epoch) => last + 1 + 2 * epoch)]);
      const follower = new ModelLog([...common, ...ofFollower.map((epoch) => last + 2 + 2 * epoch)]);
      let rounds = 0;
      for (let end = divergence(leader, follower); end !== null; end = divergence(leader, follower)) {
        const offset = truncationOffset(follower, end);
        assert.ok(offset < follower.endOffset, 'each round cuts something');
        assert.ok(offset >= common.length, 'nothing that both have is cut');
        follower.records.length = offset;
        rounds++;
      }
      assert.deepEqual(follower.records, leader.records.slice(0, follower.endOffset));
      assert.ok(rounds <= 8);
    }),
    { numRuns: 500 },
  );
});

test('[REP-2] a follower’s high watermark never falls and never passes its own end', () => {
  assert.equal(followerHighWatermark(5, 9, 7), 7);
  assert.equal(followerHighWatermark(5, 6, 7), 6);
  assert.equal(followerHighWatermark(5, 3, 7), 5);
  assert.equal(followerHighWatermark(5, 9, 4), 4);
});
