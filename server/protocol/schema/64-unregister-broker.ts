// 64 UnregisterBroker: version 0, flexible from 0.
import { api } from '../codec.ts';
import { int16, int32, string } from '../grammar.ts';

export const unregisterBroker = api({
  key: 64,
  name: 'UnregisterBroker',
  versions: '0',
  flexible: '0+',
  request: { brokerId: int32() },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: '0+', fallback: null }),
  },
});
