// 17 SaslHandshake: versions 0-1, never flexible.
import { api } from '../codec.ts';
import { array, int16, string } from '../grammar.ts';

export const saslHandshake = api({
  key: 17,
  name: 'SaslHandshake',
  versions: '0-1',
  flexible: 'none',
  request: { mechanism: string() },
  response: { errorCode: int16(), mechanisms: array(string()) },
});
