// 74 ListConfigResources: versions 0-1, flexible from 0. Version 0 knows client metrics only.
import { api } from '../codec.ts';
import { array, int8, int16, int32, string } from '../grammar.ts';

export const listConfigResources = api({
  key: 74,
  name: 'ListConfigResources',
  versions: '0-1',
  flexible: '0+',
  request: { resourceTypes: array(int8(), { versions: '1+' }) },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    configResources: array({ resourceName: string(), resourceType: int8({ versions: '1+', fallback: 16 }) }),
  },
});
