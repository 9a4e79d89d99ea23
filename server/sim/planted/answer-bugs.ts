// Bugs on purpose in how a broker answers: not in time, twice, or not at all because it ends. See bugs.ts.
import { ParkedFetches } from '../../engine/broker/fetching/parked.ts';
import { Dispatcher } from '../../engine/rpc/dispatcher.ts';
import { ProducerState } from '../../engine/storage/producer/producer-state.ts';
import { assert } from '../../kernel/assert.ts';
import { produce } from '../../protocol/schema/00-produce.ts';
import { type PlantedBug, replace } from './bug.ts';

export const ANSWER_BUGS: readonly PlantedBug[] = [
  {
    name: 'ends when an idempotent producer repeats itself',
    seeds: 10,
    first: 3,
    install: () =>
      replace(
        ProducerState.prototype,
        'check',
        (old) =>
          function (this: ProducerState, ...values) {
            const verdict = old.call(this, ...values);
            assert(verdict.kind !== 'duplicate', 'nobody repeats itself');
            return verdict;
          },
      ),
  },
  {
    name: 'answers a produce request twice',
    seeds: 3,
    install: () =>
      replace(
        Dispatcher.prototype,
        'encode',
        (old) =>
          function (this: Dispatcher, call, answer) {
            const frame = old.call(this, call, answer);
            return frame === null || call.api.key !== produce.key ? frame : [...frame, ...frame];
          },
      ),
  },
  {
    name: 'forgets when the time of a parked fetch is up',
    seeds: 5,
    install: () =>
      replace(
        ParkedFetches.prototype,
        'park',
        (old) =>
          function (this: ParkedFetches, wanted) {
            return old.call(this, wanted.isFollower ? wanted : { ...wanted, maxWaitMs: 3_600_000 });
          },
      ),
  },
];
