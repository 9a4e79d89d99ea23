// 49 AlterClientQuotas: versions 0-1, flexible from 1.
import { api } from '../codec.ts';
import { array, boolean, float64, int16, int32, string } from '../grammar.ts';

const entity = () => array({ entityType: string(), entityName: string({ nullable: '0+' }) });

export const alterClientQuotas = api({
  key: 49,
  name: 'AlterClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    entries: array({ entity: entity(), ops: array({ key: string(), value: float64(), remove: boolean() }) }),
    validateOnly: boolean(),
  },
  response: {
    throttleTimeMs: int32(),
    entries: array({
      errorCode: int16(),
      errorMessage: string({ nullable: '0+', fallback: null }),
      entity: entity(),
    }),
  },
});
