// 36 SaslAuthenticate: versions 0-2, flexible from 2.
import { api } from '../codec.ts';
import { bytes, int16, int64, string } from '../grammar.ts';

export const saslAuthenticate = api({
  key: 36,
  name: 'SaslAuthenticate',
  versions: '0-2',
  flexible: '2+',
  request: { authBytes: bytes() },
  response: {
    errorCode: int16(),
    errorMessage: string({ nullable: '0+' }),
    authBytes: bytes(),
    sessionLifetimeMs: int64({ versions: '1+' }),
  },
});
