// Bugs on purpose in the fetch sessions of followers. See bugs.ts.
import { ParkedFetches } from '../../engine/broker/fetching/parked.ts';
import { Replicas } from '../../engine/broker/replicas.ts';
import { CommitQueue } from '../../engine/broker/replication/commit-queue.ts';
import { type PlantedBug, replace } from './bug.ts';

export const REPLICATION_BUGS: readonly PlantedBug[] = [
  {
    name: 'forgets news of a partition while its follower’s session does not wait',
    seeds: 3,
    install: () =>
      replace(
        ParkedFetches.prototype,
        'rouse',
        (old) =>
          function (this: ParkedFetches, replica) {
            for (const place of replica.resting) if (place.session.waiting === null) replica.resting.delete(place);
            old.call(this, replica);
          },
      ),
  },
  {
    name: 'wakes nobody for a marker that it writes itself',
    seeds: 3,
    clients: { transactors: 2 },
    install: () =>
      replace(
        Replicas.prototype,
        'appendMarker',
        (old) =>
          function (this: Replicas, ...marker) {
            const { bytesAppended } = ParkedFetches.prototype;
            ParkedFetches.prototype.bytesAppended = () => {};
            try {
              return old.apply(this, marker);
            } finally {
              ParkedFetches.prototype.bytesAppended = bytesAppended;
            }
          },
      ),
  },
  {
    name: 'tells of a commit while it reads the fetch that made it',
    seeds: 3,
    clients: { transactors: 2 },
    install: () => replace(CommitQueue.prototype, 'afterThisTurn', () => (run) => run()),
  },
];
