// 45 AlterPartitionReassignments: versions 0-1, flexible from 0.
import { api } from '../codec.ts';
import { array, boolean, int16, int32, string } from '../grammar.ts';

export const alterPartitionReassignments = api({
  key: 45,
  name: 'AlterPartitionReassignments',
  versions: '0-1',
  flexible: '0+',
  request: {
    timeoutMs: int32({ fallback: 60_000 }),
    allowReplicationFactorChange: boolean({ versions: '1+', fallback: true }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        replicas: array(int32(), { nullable: '0+', fallback: null }),
      }),
    }),
  },
  response: {
    throttleTimeMs: int32(),
    allowReplicationFactorChange: boolean({ versions: '1+', fallback: true }),
    errorCode: int16(),
    errorMessage: string({ nullable: '0+', fallback: null }),
    responses: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: '0+', fallback: null }),
      }),
    }),
  },
});
