// Bugs on purpose in the fetch sessions of followers. See bugs.ts.
import { ParkedFetches } from '../../engine/broker/fetching/parked.ts';
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
];
