// Positions that transactions commit for members of consumer groups.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { newConsumerGroup, newMember } from './group.ts';
import { consumerCommitError } from './positions.ts';

test('[CGP-26] a transaction may name no member; a stale epoch is ILLEGAL_GENERATION there', () => {
  const group = { ...newConsumerGroup('g'), members: new Map([['m', { ...newMember('m'), epoch: 5 }]]) };
  const error = (memberId: string, memberEpoch: number) =>
    consumerCommitError(group, {
      memberId,
      memberEpoch,
      isTransactional: true,
      knowsStaleEpoch: false,
      isTooOld: false,
    });
  assert.equal(error('', -1), ErrorCode.NONE);
  assert.equal(error('m', 5), ErrorCode.NONE);
  assert.equal(error('m', 4), ErrorCode.ILLEGAL_GENERATION);
  assert.equal(error('x', 5), ErrorCode.UNKNOWN_MEMBER_ID);
});
