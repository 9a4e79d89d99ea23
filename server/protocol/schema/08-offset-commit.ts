// 8 OffsetCommit: versions 2-10, flexible from 8.
import { api } from '../codec.ts';
import { array, int16, int32, int64, long, string, uuid } from '../grammar.ts';

export const offsetCommit = api({
  key: 8,
  name: 'OffsetCommit',
  versions: '2-10',
  flexible: '8+',
  request: {
    groupId: string(),
    generationIdOrMemberEpoch: int32({ fallback: -1 }),
    memberId: string(),
    groupInstanceId: string({ versions: '7+', nullable: '7+', fallback: null }),
    retentionTimeMs: int64({ versions: '2-4', fallback: -1 }),
    topics: array({
      name: string({ versions: '0-9' }),
      topicId: uuid({ versions: '10+' }),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: long(),
        committedLeaderEpoch: int32({ versions: '6+', fallback: -1 }),
        committedMetadata: string({ nullable: '0+' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32({ versions: '3+' }),
    topics: array({
      name: string({ versions: '0-9' }),
      topicId: uuid({ versions: '10+' }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});
