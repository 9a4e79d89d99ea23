// 51 AlterUserScramCredentials: version 0, flexible from 0.
import { api } from '../codec.ts';
import { array, bytes, int8, int16, int32, string } from '../grammar.ts';

export const alterUserScramCredentials = api({
  key: 51,
  name: 'AlterUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    deletions: array({ name: string(), mechanism: int8() }),
    upsertions: array({
      name: string(),
      mechanism: int8(),
      iterations: int32(),
      salt: bytes(),
      saltedPassword: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    results: array({
      user: string(),
      errorCode: int16(),
      errorMessage: string({ nullable: '0+', fallback: null }),
    }),
  },
});
