// Serves reassignments: planning them, and the one that is under way.
import type { Feature } from '../feature.ts';
import { Reassignments } from './reassignments.ts';

export const reassign: Feature<'reassign'> = (context) => {
  const reassignments = new Reassignments(context);
  return {
    channels: {
      reassign: (params) => ({
        interests: ['reassign'],
        concerns: (name) => name === 'reassign',
        compute: () => reassignments.view(params),
        release: reassignments.watchBegan(),
      }),
    },
    calls: {
      'reassign.plan': (args) => reassignments.plan(args),
      'reassign.planMoves': (args) => reassignments.planMoves(args),
      'reassign.start': (args) => reassignments.start(args),
      'reassign.setThrottle': (args) => reassignments.setThrottle(args),
      'reassign.cancel': () => reassignments.cancel(),
      'reassign.putAway': () => reassignments.putAway(),
      'reassign.removeThrottles': () => reassignments.removeThrottles(),
    },
    streams: {},
    close: () => reassignments.close(),
  };
};
