// 2 ListOffsets: versions 1-11, flexible from 6.
import { api } from '../codec.ts';
import { array, int8, int16, int32, int64, long, string } from '../grammar.ts';

export const listOffsets = api({
  key: 2,
  name: 'ListOffsets',
  versions: '1-11',
  flexible: '6+',
  request: {
    replicaId: int32(),
    isolationLevel: int8({ versions: '2+' }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        currentLeaderEpoch: int32({ versions: '4+', fallback: -1 }),
        timestamp: long(),
      }),
    }),
    timeoutMs: int32({ versions: '10+' }),
  },
  response: {
    throttleTimeMs: int32({ versions: '2+' }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        timestamp: long({ fallback: -1 }),
        offset: int64({ fallback: -1 }),
        leaderEpoch: int32({ versions: '4+', fallback: -1 }),
      }),
    }),
  },
});
