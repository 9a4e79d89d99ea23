// 24 AddPartitionsToTxn: versions 0-5, flexible from 3.
import { api } from '../codec.ts';
import { array, boolean, int16, int32, int64, string } from '../grammar.ts';

export const addPartitionsToTxn = api({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactions: array(
      {
        transactionalId: string({ versions: '4+' }),
        producerId: int64({ versions: '4+' }),
        producerEpoch: int16({ versions: '4+' }),
        verifyOnly: boolean({ versions: '4+' }),
        topics: array(
          {
            name: string(),
            partitions: array(int32()),
          },
          { versions: '4+' },
        ),
      },
      { versions: '4+' },
    ),
    v3AndBelowTransactionalId: string({ versions: '0-3' }),
    v3AndBelowProducerId: int64({ versions: '0-3' }),
    v3AndBelowProducerEpoch: int16({ versions: '0-3' }),
    v3AndBelowTopics: array(
      {
        name: string(),
        partitions: array(int32()),
      },
      { versions: '0-3' },
    ),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16({ versions: '4+' }),
    resultsByTransaction: array(
      {
        transactionalId: string({ versions: '4+' }),
        topicResults: array(
          {
            name: string(),
            resultsByPartition: array({
              partitionIndex: int32(),
              partitionErrorCode: int16(),
            }),
          },
          { versions: '4+' },
        ),
      },
      { versions: '4+' },
    ),
    resultsByTopicV3AndBelow: array(
      {
        name: string(),
        resultsByPartition: array({
          partitionIndex: int32(),
          partitionErrorCode: int16(),
        }),
      },
      { versions: '0-3' },
    ),
  },
});
