// 48 DescribeClientQuotas: versions 0-1, flexible from 1.
import { api } from '../codec.ts';
import { array, boolean, float64, int8, int16, int32, string } from '../grammar.ts';

export const describeClientQuotas = api({
  key: 48,
  name: 'DescribeClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    components: array({ entityType: string(), matchType: int8(), match: string({ nullable: '0+' }) }),
    strict: boolean(),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: '0+', fallback: null }),
    entries: array(
      {
        entity: array({ entityType: string(), entityName: string({ nullable: '0+' }) }),
        values: array({ key: string(), value: float64() }),
      },
      { nullable: '0+' },
    ),
  },
});
