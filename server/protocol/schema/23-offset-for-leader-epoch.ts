// 23 OffsetForLeaderEpoch: versions 2-4, flexible from 4.
import { api } from '../codec.ts';
import { array, int16, int32, int64, string } from '../grammar.ts';

export const offsetForLeaderEpoch = api({
  key: 23,
  name: 'OffsetForLeaderEpoch',
  versions: '2-4',
  flexible: '4+',
  request: {
    replicaId: int32({ versions: '3+', fallback: -2 }),
    topics: array({
      topic: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32({ fallback: -1 }),
        leaderEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    topics: array({
      topic: string(),
      partitions: array({
        errorCode: int16(),
        partition: int32(),
        leaderEpoch: int32({ fallback: -1 }),
        endOffset: int64({ fallback: -1 }),
      }),
    }),
  },
});
