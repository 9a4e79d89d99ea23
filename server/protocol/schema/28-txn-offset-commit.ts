// 28 TxnOffsetCommit: versions 0-6, flexible from 3.
import { api } from '../codec.ts';
import { array, int16, int32, int64, long, string, uuid } from '../grammar.ts';

export const txnOffsetCommit = api({
  key: 28,
  name: 'TxnOffsetCommit',
  versions: '0-6',
  flexible: '3+',
  request: {
    transactionalId: string(),
    groupId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    generationId: int32({ versions: '3+', fallback: -1 }),
    memberId: string({ versions: '3+' }),
    groupInstanceId: string({ versions: '3+', nullable: '3+', fallback: null }),
    topics: array({
      name: string({ versions: '0-5' }),
      topicId: uuid({ versions: '6+' }),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: long(),
        committedLeaderEpoch: int32({ versions: '2+', fallback: -1 }),
        committedMetadata: string({ nullable: '0+' }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    topics: array({
      name: string({ versions: '0-5' }),
      topicId: uuid({ versions: '6+' }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});
