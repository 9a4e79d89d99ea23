// 57 UpdateFeatures: versions 0-2, flexible from 0.
import { api } from '../codec.ts';
import { array, boolean, int8, int16, int32, string } from '../grammar.ts';

export const updateFeatures = api({
  key: 57,
  name: 'UpdateFeatures',
  versions: '0-2',
  flexible: '0+',
  request: {
    timeoutMs: int32({ fallback: 60_000 }),
    featureUpdates: array({
      feature: string(),
      maxVersionLevel: int16(),
      allowDowngrade: boolean({ versions: '0' }),
      upgradeType: int8({ versions: '1+', fallback: 1 }),
    }),
    validateOnly: boolean({ versions: '1+' }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: '0+', fallback: null }),
    results: array(
      { feature: string(), errorCode: int16(), errorMessage: string({ nullable: '0+', fallback: null }) },
      { versions: '0-1' },
    ),
  },
});
