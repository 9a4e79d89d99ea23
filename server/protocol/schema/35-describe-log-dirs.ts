// 35 DescribeLogDirs: versions 1-5, flexible from 2.
import { api } from '../codec.ts';
import { array, boolean, int16, int32, int64, string } from '../grammar.ts';

export const describeLogDirs = api({
  key: 35,
  name: 'DescribeLogDirs',
  versions: '1-5',
  flexible: '2+',
  request: {
    topics: array(
      {
        topic: string(),
        partitions: array(int32()),
      },
      { nullable: '0+' },
    ),
  },
  response: {
    throttleTimeMs: int32(),
    errorCode: int16({ versions: '3+' }),
    results: array({
      errorCode: int16(),
      logDir: string(),
      topics: array({
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          partitionSize: int64(),
          offsetLag: int64(),
          isFutureKey: boolean(),
        }),
      }),
      totalBytes: int64({ versions: '4+', fallback: -1 }),
      usableBytes: int64({ versions: '4+', fallback: -1 }),
      isCordoned: boolean({ versions: '5+' }),
    }),
  },
});
