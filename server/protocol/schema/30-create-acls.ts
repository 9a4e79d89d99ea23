// 30 CreateAcls: versions 1-3, flexible from 2.
import { api } from '../codec.ts';
import { array, int8, int16, int32, string } from '../grammar.ts';

export const createAcls = api({
  key: 30,
  name: 'CreateAcls',
  versions: '1-3',
  flexible: '2+',
  request: {
    creations: array({
      resourceType: int8(),
      resourceName: string(),
      resourcePatternType: int8({ versions: '1+', fallback: 3 }),
      principal: string(),
      host: string(),
      operation: int8(),
      permissionType: int8(),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    results: array({ errorCode: int16(), errorMessage: string({ nullable: '0+' }) }),
  },
});
