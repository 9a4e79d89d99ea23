// 11 JoinGroup: versions 0-9, flexible from 6.
import { api } from '../codec.ts';
import { array, boolean, bytes, int16, int32, string } from '../grammar.ts';

export const joinGroup = api({
  key: 11,
  name: 'JoinGroup',
  versions: '0-9',
  flexible: '6+',
  request: {
    groupId: string(),
    sessionTimeoutMs: int32(),
    rebalanceTimeoutMs: int32({ versions: '1+', fallback: -1 }),
    memberId: string(),
    groupInstanceId: string({ versions: '5+', nullable: '5+', fallback: null }),
    protocolType: string(),
    protocols: array({
      name: string(),
      metadata: bytes(),
    }),
    reason: string({ versions: '8+', nullable: '8+', fallback: null }),
  },
  response: {
    throttleTimeMs: int32({ versions: '2+' }),
    errorCode: int16(),
    generationId: int32({ fallback: -1 }),
    protocolType: string({ versions: '7+', nullable: '7+', fallback: null }),
    protocolName: string({ nullable: '7+' }),
    leader: string(),
    skipAssignment: boolean({ versions: '9+' }),
    memberId: string(),
    members: array({
      memberId: string(),
      groupInstanceId: string({ versions: '5+', nullable: '5+', fallback: null }),
      metadata: bytes(),
    }),
  },
});
