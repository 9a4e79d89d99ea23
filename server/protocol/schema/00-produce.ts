// 0 Produce: versions 3-13, flexible from 9.
import { api } from '../codec.ts';
import { array, int16, int32, int64, long, records, string, struct, uuid } from '../grammar.ts';

export const produce = api({
  key: 0,
  name: 'Produce',
  versions: '3-13',
  flexible: '9+',
  request: {
    transactionalId: string({ nullable: '3+', fallback: null }),
    acks: int16(),
    timeoutMs: int32(),
    topicData: array({
      name: string({ versions: '0-12' }),
      topicId: uuid({ versions: '13+' }),
      partitionData: array({
        index: int32(),
        records: records(),
      }),
    }),
  },
  response: {
    responses: array({
      name: string({ versions: '0-12' }),
      topicId: uuid({ versions: '13+' }),
      partitionResponses: array({
        index: int32(),
        errorCode: int16(),
        baseOffset: int64(),
        logAppendTimeMs: long({ fallback: -1 }),
        logStartOffset: int64({ versions: '5+', fallback: -1 }),
        recordErrors: array(
          {
            batchIndex: int32({ versions: '8+' }),
            batchIndexErrorMessage: string({ versions: '8+', nullable: '8+', fallback: null }),
          },
          { versions: '8+' },
        ),
        errorMessage: string({ versions: '8+', nullable: '8+', fallback: null }),
        currentLeader: struct(
          {
            leaderId: int32({ versions: '10+', fallback: -1 }),
            leaderEpoch: int32({ versions: '10+', fallback: -1 }),
          },
          { versions: '10+', tag: 0, tagged: '10+' },
        ),
      }),
    }),
    throttleTimeMs: int32(),
    nodeEndpoints: array(
      {
        nodeId: int32({ versions: '10+' }),
        host: string({ versions: '10+' }),
        port: int32({ versions: '10+' }),
        rack: string({ versions: '10+', nullable: '10+', fallback: null }),
      },
      { versions: '10+', tag: 0, tagged: '10+' },
    ),
  },
});
