// 32 DescribeConfigs: versions 1-4, flexible from 4.
import { api } from '../codec.ts';
import { array, boolean, int8, int16, int32, string } from '../grammar.ts';

export const describeConfigs = api({
  key: 32,
  name: 'DescribeConfigs',
  versions: '1-4',
  flexible: '4+',
  request: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configurationKeys: array(string(), { nullable: '0+' }),
    }),
    includeSynonyms: boolean(),
    includeDocumentation: boolean({ versions: '3+' }),
  },
  response: {
    throttleTimeMs: int32(),
    results: array({
      errorCode: int16(),
      errorMessage: string({ nullable: '0+' }),
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        value: string({ nullable: '0+' }),
        readOnly: boolean(),
        configSource: int8({ fallback: -1 }),
        isSensitive: boolean(),
        synonyms: array({
          name: string(),
          value: string({ nullable: '0+' }),
          source: int8(),
        }),
        configType: int8({ versions: '3+' }),
        documentation: string({ versions: '3+', nullable: '0+' }),
      }),
    }),
  },
});
