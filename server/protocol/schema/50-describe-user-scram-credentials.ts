// 50 DescribeUserScramCredentials: version 0, flexible from 0.
import { api } from '../codec.ts';
import { array, int8, int16, int32, string } from '../grammar.ts';

export const describeUserScramCredentials = api({
  key: 50,
  name: 'DescribeUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: { users: array({ name: string() }, { nullable: '0+' }) },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: '0+', fallback: null }),
    results: array({
      user: string(),
      errorCode: int16(),
      errorMessage: string({ nullable: '0+', fallback: null }),
      credentialInfos: array({ mechanism: int8(), iterations: int32() }),
    }),
  },
});
