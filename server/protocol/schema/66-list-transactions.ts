// 66 ListTransactions: versions 0-2, flexible from 0.
import { api } from '../codec.ts';
import { array, int16, int32, int64, string } from '../grammar.ts';

export const listTransactions = api({
  key: 66,
  name: 'ListTransactions',
  versions: '0-2',
  flexible: '0+',
  request: {
    stateFilters: array(string()),
    producerIdFilters: array(int64()),
    durationFilter: int64({ versions: '1+', fallback: -1 }),
    transactionalIdPattern: string({ versions: '2+', nullable: '2+', fallback: null }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    unknownStateFilters: array(string()),
    transactionStates: array({
      transactionalId: string(),
      producerId: int64(),
      transactionState: string(),
    }),
  },
});
