// 22 InitProducerId: versions 0-5, flexible from 2.
import { api } from '../codec.ts';
import { int16, int32, int64, string } from '../grammar.ts';

export const initProducerId = api({
  key: 22,
  name: 'InitProducerId',
  versions: '0-5',
  flexible: '2+',
  request: {
    transactionalId: string({ nullable: '0+' }),
    transactionTimeoutMs: int32(),
    producerId: int64({ versions: '3+', fallback: -1 }),
    producerEpoch: int16({ versions: '3+', fallback: -1 }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    producerId: int64({ fallback: -1 }),
    producerEpoch: int16(),
  },
});
