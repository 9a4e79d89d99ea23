import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyState, endTransaction, replay } from '../state.ts';

const offsetAt = (offset: number, partition = 0) =>
  ({
    kind: 'offset',
    groupId: 'g',
    topic: 't',
    partition,
    committed: { offset, leaderEpoch: -1, metadata: '', commitTimestampMs: 0, expireTimestampMs: -1, topicId: 'i' },
  }) as const;
const ended = { kind: 'end' } as const;
type Step =
  | { readonly kind: 'commit'; readonly producerId: number; readonly partition: number }
  | { readonly kind: typeof ended.kind; readonly producerId: number; readonly isCommit: boolean };

test('[OFS-16] positions of transactions count when these are committed, whoever wrote last in the log wins, aborted ones leave no trace', () => {
  const producer = fc.constantFrom(-1, 7, 8, 9);
  const partition = fc.integer({ min: 0, max: 1 });
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), producerId: producer, partition }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant(ended.kind),
        producerId: fc.constantFrom(7, 8, 9),
        isCommit: fc.boolean(),
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const state = emptyState();
      // The offset committed is the record's place in the log: the largest that counts is the one that stands.
      const pending = new Map<number, { place: number; partition: number }[]>();
      const standing = [-1, -1];
      steps.forEach((one, place) => {
        if (one.kind === 'commit') {
          replay(state, offsetAt(place, one.partition), one.producerId);
          if (one.producerId === -1) standing[one.partition] = place;
          else
            pending.set(one.producerId, [...(pending.get(one.producerId) ?? []), { place, partition: one.partition }]);
        } else {
          endTransaction(state, one.producerId, one.isCommit);
          for (const held of pending.get(one.producerId) ?? [])
            if (one.isCommit) standing[held.partition] = Math.max(standing[held.partition] ?? -1, held.place);
          pending.delete(one.producerId);
        }
        for (const at of [0, 1]) {
          assert.equal(state.offsets.get('g', 't', at)?.offset ?? -1, standing[at]);
          const isPending = [...pending.values()].some((all) => all.some((held) => held.partition === at));
          assert.equal(state.offsets.pending.has('g', 't', at), isPending);
        }
        assert.equal(state.offsets.pending.hasGroup('g'), pending.size > 0);
      });
    }),
  );
});
