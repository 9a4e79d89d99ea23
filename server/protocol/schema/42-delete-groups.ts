// 42 DeleteGroups: versions 0-3, flexible from 2.
import { api } from '../codec.ts';
import { array, int16, int32, string } from '../grammar.ts';

export const deleteGroups = api({
  key: 42,
  name: 'DeleteGroups',
  versions: '0-3',
  flexible: '2+',
  request: {
    groupsNames: array(string()),
  },
  response: {
    throttleTimeMs: int32(),
    results: array({
      groupId: string(),
      errorCode: int16(),
      errorMessage: string({ versions: '3+', nullable: '3+', fallback: null }),
    }),
  },
});
