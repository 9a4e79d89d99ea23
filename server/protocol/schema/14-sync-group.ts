// 14 SyncGroup: versions 0-5, flexible from 4.
import { api } from '../codec.ts';
import { array, bytes, int16, int32, string } from '../grammar.ts';

export const syncGroup = api({
  key: 14,
  name: 'SyncGroup',
  versions: '0-5',
  flexible: '4+',
  request: {
    groupId: string(),
    generationId: int32(),
    memberId: string(),
    groupInstanceId: string({ versions: '3+', nullable: '3+', fallback: null }),
    protocolType: string({ versions: '5+', nullable: '5+', fallback: null }),
    protocolName: string({ versions: '5+', nullable: '5+', fallback: null }),
    assignments: array({
      memberId: string(),
      assignment: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32({ versions: '1+' }),
    errorCode: int16(),
    protocolType: string({ versions: '5+', nullable: '5+', fallback: null }),
    protocolName: string({ versions: '5+', nullable: '5+', fallback: null }),
    assignment: bytes(),
  },
});
