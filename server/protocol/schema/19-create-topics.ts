// 19 CreateTopics: versions 2-7, flexible from 5.
import { api } from '../codec.ts';
import { array, boolean, int8, int16, int32, string, uuid } from '../grammar.ts';

export const createTopics = api({
  key: 19,
  name: 'CreateTopics',
  versions: '2-7',
  flexible: '5+',
  request: {
    topics: array({
      name: string(),
      numPartitions: int32(),
      replicationFactor: int16(),
      assignments: array({
        partitionIndex: int32(),
        brokerIds: array(int32()),
      }),
      configs: array({
        name: string(),
        value: string({ nullable: '0+' }),
      }),
    }),
    timeoutMs: int32({ fallback: 60000 }),
    validateOnly: boolean(),
  },
  response: {
    throttleTimeMs: int32(),
    topics: array({
      name: string(),
      topicId: uuid({ versions: '7+' }),
      errorCode: int16(),
      errorMessage: string({ nullable: '0+' }),
      topicConfigErrorCode: int16({ versions: '5+', tag: 0, tagged: '5+' }),
      numPartitions: int32({ versions: '5+', fallback: -1 }),
      replicationFactor: int16({ versions: '5+', fallback: -1 }),
      configs: array(
        {
          name: string({ versions: '5+' }),
          value: string({ versions: '5+', nullable: '5+' }),
          readOnly: boolean({ versions: '5+' }),
          configSource: int8({ versions: '5+', fallback: -1 }),
          isSensitive: boolean({ versions: '5+' }),
        },
        { versions: '5+', nullable: '5+' },
      ),
    }),
  },
});
