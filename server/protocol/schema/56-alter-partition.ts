// 56 AlterPartition: versions 2-3, flexible from 0. Between brokers and the controller only.
import { api } from '../codec.ts';
import { array, int8, int16, int32, int64, uuid } from '../grammar.ts';

export const alterPartition = api({
  key: 56,
  name: 'AlterPartition',
  versions: '2-3',
  flexible: '0+',
  request: {
    brokerId: int32(),
    brokerEpoch: int64({ fallback: -1 }),
    topics: array({
      topicId: uuid({ versions: '2+' }),
      partitions: array({
        partitionIndex: int32(),
        leaderEpoch: int32(),
        newIsr: array(int32(), { versions: '0-2' }),
        newIsrWithEpochs: array({ brokerId: int32(), brokerEpoch: int64({ fallback: -1 }) }, { versions: '3+' }),
        leaderRecoveryState: int8({ versions: '1+' }),
        partitionEpoch: int32(),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    topics: array({
      topicId: uuid({ versions: '2+' }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        isr: array(int32()),
        leaderRecoveryState: int8({ versions: '1+' }),
        partitionEpoch: int32(),
      }),
    }),
  },
});
