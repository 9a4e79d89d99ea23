import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ErrorCode } from '../../protocol/errors.ts';
import type { LeaderView } from './leader.ts';
import { LeaderState } from './leader.ts';

const PARTITION = { leader: 1, leaderEpoch: 4, partitionEpoch: 10, replicas: [1, 2, 3], inSyncReplicas: [1, 2, 3] };
const at = (nowMs: number, endOffset: number, o: Partial<LeaderView> = {}): LeaderView => ({
  nowMs,
  endOffset,
  minInSyncReplicas: 1,
  lagMaxMs: 30_000,
  isEligible: () => true,
  ...o,
});
const leaderOf = (o: Partial<typeof PARTITION> = {}, epochStartOffset = 100) =>
  new LeaderState({ ...PARTITION, ...o }, { epochStartOffset, nowMs: 0 });
const fetched = (state: LeaderState, brokerId: number, fetchOffset: number, nowMs: number, endOffset: number) =>
  state.fetched(brokerId, { fetchOffset, startOffset: 0, brokerEpoch: 7, nowMs, endOffset });

test('[REP-3] the high watermark is the smallest end in sync, waits for all to be heard of, and never falls', () => {
  const state = leaderOf();
  assert.equal(state.highWatermarkAfter(90, at(0, 105)), 90, 'nobody was heard of');
  fetched(state, 2, 103, 1, 105);
  assert.equal(state.highWatermarkAfter(90, at(1, 105)), 90, 'broker 3 was not');
  fetched(state, 3, 101, 1, 105);
  assert.equal(state.highWatermarkAfter(90, at(1, 105)), 101);
  fetched(state, 3, 95, 2, 105);
  assert.equal(state.highWatermarkAfter(101, at(2, 105)), 101);
  assert.equal(leaderOf({ replicas: [1], inSyncReplicas: [1] }).highWatermarkAfter(0, at(0, 7)), 7);
});

test('[REP-4] below min.insync.replicas the high watermark stands still, as far as there are replicas at all', () => {
  const state = leaderOf({ inSyncReplicas: [1] });
  assert.equal(state.highWatermarkAfter(90, at(40_000, 105, { minInSyncReplicas: 2 })), 90);
  assert.equal(state.highWatermarkAfter(90, at(40_000, 105)), 105);
  const alone = leaderOf({ replicas: [1], inSyncReplicas: [1] });
  assert.equal(alone.isUnderMinimum(3), false);
});

test('[REP-5] a replica about to join holds the high watermark back; one that lags or may not join does not', () => {
  const state = leaderOf({ inSyncReplicas: [1, 2] });
  fetched(state, 2, 105, 1, 105);
  fetched(state, 3, 105, 1, 105);
  assert.equal(state.highWatermarkAfter(90, at(2, 110)), 105);
  fetched(state, 2, 110, 2, 110);
  assert.equal(state.highWatermarkAfter(105, at(3, 110)), 105, 'broker 3 was caught up a moment ago');
  assert.equal(state.highWatermarkAfter(105, at(3, 110, { isEligible: () => false })), 110);
  assert.equal(state.highWatermarkAfter(105, at(40_000, 110)), 110);
});

test('[REP-6] a follower is proposed when it reached the high watermark and the start of the epoch; one proposal at a time', () => {
  const state = leaderOf({ inSyncReplicas: [1] });
  fetched(state, 2, 99, 1, 105);
  assert.equal(state.expand(2, 90, at(1, 105)), null, 'below the epoch’s start');
  fetched(state, 2, 101, 1, 105);
  assert.equal(state.expand(2, 104, at(1, 105)), null, 'below the high watermark');
  assert.equal(state.expand(2, 101, at(1, 105, { isEligible: () => false })), null);
  const proposal = state.expand(2, 101, at(1, 105));
  assert.deepEqual(proposal, {
    leaderEpoch: 4,
    partitionEpoch: 10,
    newInSyncReplicas: [1, 2],
    brokerEpochs: [-1, 7],
  });
  fetched(state, 3, 105, 1, 105);
  assert.equal(state.expand(3, 101, at(1, 105)), null, 'one is under way');
  assert.ok(state.isInMaximalSync(2));
  assert.equal(state.highWatermarkAfter(90, at(1, 105)), 101, 'the proposed one counts at once');
});

test('[REP-7] who was not caught up for replica.lag.time.max.ms is proposed to leave, and counts until it is decided', () => {
  const state = leaderOf();
  fetched(state, 2, 105, 1000, 105);
  fetched(state, 3, 104, 1000, 105);
  assert.equal(state.shrink(at(30_000, 105)), null);
  fetched(state, 2, 109, 20_000, 110);
  assert.deepEqual(state.shrink(at(30_001, 110))?.newInSyncReplicas, [1, 2], 'broker 3 was never caught up');
  assert.equal(state.highWatermarkAfter(90, at(30_001, 110)), 104);
  assert.ok(state.isInMaximalSync(3));
});

test('[REP-8] keeping pace with the end as it was at the fetch before counts as caught up', () => {
  const state = leaderOf();
  for (let nowMs = 0, endOffset = 200; nowMs <= 100_000; nowMs += 10_000, endOffset += 100) {
    for (const id of [2, 3]) fetched(state, id, endOffset - 100, nowMs, endOffset);
    assert.equal(state.shrink(at(nowMs + 9_999, endOffset + 50)), null, `at ${nowMs}`);
  }
});

test('[REP-9] the controller’s word: adopted, withdrawn, left to the metadata, or asked again', () => {
  const answer = { errorCode: 0, leaderEpoch: 4, partitionEpoch: 11, inSyncReplicas: [1, 2] };
  const propose = () => {
    const state = leaderOf({ inSyncReplicas: [1] });
    fetched(state, 2, 105, 1, 105);
    const proposal = state.expand(2, 100, at(1, 105));
    assert.ok(proposal);
    return { state, proposal };
  };
  const taken = propose();
  assert.equal(taken.state.answered(taken.proposal, answer, 2), 'adopted');
  assert.deepEqual([taken.state.inSyncReplicas, taken.state.proposal], [[1, 2], null]);

  const refused = propose();
  const refusal = { ...answer, errorCode: ErrorCode.INELIGIBLE_REPLICA };
  assert.equal(refused.state.answered(refused.proposal, refusal, 2), 'settled');
  assert.equal(refused.state.expand(2, 100, at(3, 105)), null, 'not again at once');
  assert.ok(refused.state.expand(2, 100, at(1000, 105)));

  for (const errorCode of [ErrorCode.INVALID_UPDATE_VERSION, ErrorCode.FENCED_LEADER_EPOCH]) {
    const { state, proposal } = propose();
    assert.equal(state.answered(proposal, { ...answer, errorCode }, 2), 'settled');
    assert.equal(state.proposal, proposal, 'in force until the metadata tells');
    assert.ok(state.changed({ ...PARTITION, partitionEpoch: 12, inSyncReplicas: [1] }, 3));
    assert.equal(state.proposal, null);
    assert.equal(state.answered(proposal, answer, 4), 'settled', 'a word on an older proposal is nothing');
    assert.deepEqual(state.inSyncReplicas, [1]);
  }
  const silent = propose();
  assert.equal(
    silent.state.answered(silent.proposal, { ...answer, errorCode: ErrorCode.STALE_BROKER_EPOCH }, 2),
    'again',
  );
});

test('[REP-10] strangers and earlier incarnations of a replica are not heard', () => {
  const state = leaderOf();
  assert.equal(fetched(state, 9, 105, 1, 105), false);
  assert.equal(fetched(state, 2, 105, 1, 105), true);
  assert.equal(state.fetched(2, { fetchOffset: 200, startOffset: 0, brokerEpoch: 6, nowMs: 2, endOffset: 200 }), false);
  assert.equal(state.changed({ ...PARTITION, partitionEpoch: 10, inSyncReplicas: [1] }, 3), false, 'not news');
  assert.ok(state.changed({ ...PARTITION, partitionEpoch: 11, replicas: [1, 3], inSyncReplicas: [1, 3] }, 3));
  assert.equal(state.hasFollower(2), false);
});

type Step =
  | { readonly kind: 'append'; readonly count: number }
  | { readonly kind: 'fetch'; readonly brokerId: number; readonly back: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'shrink' | 'answer' | 'lose' | 'metadata' };
const anAppend = fc.record({ kind: fc.constant('append' as const), count: fc.integer({ min: 1, max: 5 }) });
const aFetch = fc.record({
  kind: fc.constant('fetch' as const),
  brokerId: fc.constantFrom(2, 3),
  back: fc.nat({ max: 4 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  anAppend,
  { weight: 4, arbitrary: aFetch },
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 500, 20_000, 40_000) }),
  fc.record({ kind: fc.constantFrom('shrink' as const, 'answer' as const, 'lose' as const, 'metadata' as const) }),
);

test('[REP-11] whatever followers and the controller do, what is committed is on every replica the controller may elect', () => {
  let raised = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
      fc.integer({ min: 1, max: 3 }),
      (steps, minInSyncReplicas) => {
        const state = leaderOf({}, 0);
        const ends = new Map([
          [2, 0],
          [3, 0],
        ]);
        /** What the controller holds: a lost answer may have been carried out. */
        let controller = { inSync: PARTITION.inSyncReplicas as readonly number[], epoch: 10 };
        let [nowMs, endOffset, highWatermark] = [0, 0, 0];
        const view = () => at(nowMs, endOffset, { minInSyncReplicas });
        const carryOut = () => {
          const { proposal } = state;
          if (proposal === null || proposal.partitionEpoch !== controller.epoch) return null;
          controller = { inSync: proposal.newInSyncReplicas, epoch: controller.epoch + 1 };
          return proposal;
        };
        for (const one of steps) {
          if (one.kind === 'append') endOffset += one.count;
          if (one.kind === 'pass') nowMs += one.ms;
          if (one.kind === 'fetch') {
            const fetchOffset = Math.max(ends.get(one.brokerId) ?? 0, endOffset - one.back);
            ends.set(one.brokerId, fetchOffset);
            fetched(state, one.brokerId, fetchOffset, nowMs, endOffset);
            state.expand(one.brokerId, highWatermark, view());
          }
          if (one.kind === 'shrink') state.shrink(view());
          if (one.kind === 'lose') carryOut();
          if (one.kind === 'answer') {
            const proposal = carryOut();
            const { inSync: inSyncReplicas, epoch: partitionEpoch } = controller;
            const answer = { errorCode: 0, leaderEpoch: 4, partitionEpoch, inSyncReplicas };
            if (proposal !== null) state.answered(proposal, answer, nowMs);
          }
          if (one.kind === 'metadata') {
            const { inSync: inSyncReplicas, epoch: partitionEpoch } = controller;
            state.changed({ ...PARTITION, inSyncReplicas, partitionEpoch }, nowMs);
          }
          const before = highWatermark;
          highWatermark = state.highWatermarkAfter(highWatermark, view());
          assert.ok(highWatermark >= before && highWatermark <= endOffset);
          if (highWatermark === before) continue;
          raised++;
          assert.ok(state.inSyncReplicas.length >= minInSyncReplicas);
          for (const id of controller.inSync) {
            if (id !== 1) assert.ok((ends.get(id) ?? -1) >= highWatermark, `broker ${id} may be elected without it`);
          }
        }
      },
    ),
    { numRuns: 500 },
  );
  assert.ok(raised > 500, `the high watermark rose ${raised} times: the histories say nothing`);
});

type SessionStep =
  | { readonly kind: 'append' | 'fetch' | 'shrink' | 'change' }
  | { readonly kind: 'pass'; readonly ms: number };
const sessionStep: fc.Arbitrary<SessionStep> = fc.oneof(
  fc.record({ kind: fc.constantFrom('append' as const, 'shrink' as const, 'change' as const) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('fetch' as const) }) },
  fc.record({ kind: fc.constant('pass' as const), ms: fc.constantFrom(1, 500, 20_000, 40_000) }),
);

test('[REP-74] a follower that rests is judged as if each fetch of its session had named the partition', () => {
  let rested = 0;
  fc.assert(
    fc.property(fc.array(sessionStep, { minLength: 20, maxLength: 60, size: 'max' }), (steps) => {
      const [named, resting] = [leaderOf({}, 0), leaderOf({}, 0)];
      const clock = { lastFetchMs: 0 };
      let [nowMs, endOffset, has] = [1, 0, 0];
      let isAtRest = false;
      const rouse = () => {
        resting.rouse(2, clock);
        isAtRest = false;
      };
      for (const one of steps) {
        if (one.kind === 'pass') nowMs += one.ms;
        if (one.kind === 'append') {
          endOffset++;
          rouse();
        }
        if (one.kind === 'change') rouse();
        if (one.kind === 'fetch') {
          clock.lastFetchMs = nowMs;
          fetched(named, 2, has, nowMs, endOffset);
          if (isAtRest) rested++;
          else {
            fetched(resting, 2, has, nowMs, endOffset);
            isAtRest = resting.rest(2, clock, endOffset);
            assert.equal(isAtRest, has === endOffset);
          }
          has = endOffset;
        }
        const view = at(nowMs, endOffset);
        assert.deepEqual([...resting.readableFollowers(0)], [...named.readableFollowers(0)]);
        assert.equal(resting.highWatermarkAfter(0, view), named.highWatermarkAfter(0, view));
        if (one.kind !== 'shrink') continue;
        const proposal = resting.shrink(view);
        assert.deepEqual(proposal, named.shrink(view));
        if (proposal !== null) return;
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(rested > 100, `${rested} fetches at rest: the histories say nothing`);
});

test('[REP-75] a follower out of sync, behind, or while a proposal is out does not rest', () => {
  const state = leaderOf({ inSyncReplicas: [1, 2] }, 0);
  const clock = { lastFetchMs: 1 };
  for (const id of [2, 3]) fetched(state, id, 5, 1, 5);
  assert.deepEqual([state.rest(2, clock, 5), state.rest(3, clock, 5), state.rest(4, clock, 5)], [true, false, false]);
  assert.equal(state.rest(2, clock, 6), false);
  assert.notEqual(state.expand(3, 5, at(1, 5)), null);
  assert.equal(state.rest(2, clock, 5), false);
});
