// 26 EndTxn: versions 0-5, flexible from 3.
import { api } from '../codec.ts';
import { boolean, int16, int32, int64, string } from '../grammar.ts';

export const endTxn = api({
  key: 26,
  name: 'EndTxn',
  versions: '0-5',
  flexible: '3+',
  request: {
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    committed: boolean(),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    producerId: int64({ versions: '5+', fallback: -1 }),
    producerEpoch: int16({ versions: '5+', fallback: -1 }),
  },
});
