// 46 ListPartitionReassignments: version 0, flexible from 0.
import { api } from '../codec.ts';
import { array, int16, int32, string } from '../grammar.ts';

export const listPartitionReassignments = api({
  key: 46,
  name: 'ListPartitionReassignments',
  versions: '0',
  flexible: '0+',
  request: {
    timeoutMs: int32({ fallback: 60_000 }),
    topics: array({ name: string(), partitionIndexes: array(int32()) }, { nullable: '0+', fallback: null }),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: '0+', fallback: null }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        replicas: array(int32()),
        addingReplicas: array(int32()),
        removingReplicas: array(int32()),
      }),
    }),
  },
});
