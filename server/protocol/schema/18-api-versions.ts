// 18 ApiVersions: versions 0-5, flexible from 3.
import { api } from '../codec.ts';
import { array, boolean, int16, int32, int64, string } from '../grammar.ts';

export const apiVersions = api({
  key: 18,
  name: 'ApiVersions',
  versions: '0-5',
  flexible: '3+',
  request: {
    clientSoftwareName: string({ versions: '3+' }),
    clientSoftwareVersion: string({ versions: '3+' }),
    clusterId: string({ versions: '5+', nullable: '5+', fallback: null }),
    nodeId: int32({ versions: '5+', fallback: -1 }),
  },
  response: {
    errorCode: int16(),
    apiKeys: array({
      apiKey: int16(),
      minVersion: int16(),
      maxVersion: int16(),
    }),
    throttleTimeMs: int32({ versions: '1+' }),
    supportedFeatures: array(
      {
        name: string({ versions: '3+' }),
        minVersion: int16({ versions: '3+' }),
        maxVersion: int16({ versions: '3+' }),
      },
      { versions: '3+', tag: 0, tagged: '3+' },
    ),
    finalizedFeaturesEpoch: int64({ versions: '3+', tag: 1, tagged: '3+', fallback: -1 }),
    finalizedFeatures: array(
      {
        name: string({ versions: '3+' }),
        maxVersionLevel: int16({ versions: '3+' }),
        minVersionLevel: int16({ versions: '3+' }),
      },
      { versions: '3+', tag: 2, tagged: '3+' },
    ),
    zkMigrationReady: boolean({ versions: '3+', tag: 3, tagged: '3+' }),
  },
});
