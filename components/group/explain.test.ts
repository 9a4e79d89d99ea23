import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupMember, GroupRow } from '../../server/live/contract.ts';
import { explainGroup } from './explain.ts';

const group = (type: string, state: string, protocolType = 'consumer'): GroupRow => ({
  groupId: 'g',
  type,
  protocolType,
  state,
  members: 2,
  topics: 1,
  coordinatorId: 1,
  totalLag: 0,
  unknownLagPartitions: 0,
  lagChangePerSecond: 0,
});
const member = (target: GroupMember['target']): GroupMember => ({
  memberId: 'm',
  instanceId: null,
  clientId: 'c',
  host: '/h',
  epoch: 3,
  assignments: [],
  target,
});
const say = (row: GroupRow, members: readonly GroupMember[], epoch: number | null, assignmentEpoch: number | null) =>
  explainGroup({ group: row, members, protocol: 'range', epoch, assignmentEpoch }).join(' ');

test('[WEB-61] a classic group and one of the consumer protocol are explained as what they are: who assigns, and whether reads pause', () => {
  assert.match(
    say(group('classic', 'Stable'), [member(null)], null, null),
    /one of its members decides.*range.*reads go on/,
  );
  assert.match(say(group('classic', 'PreparingRebalance'), [], null, null), /Nobody reads until/);
  assert.match(say(group('classic', 'Stable', 'connect'), [], null, null), /of the kind “connect”/);
  assert.match(
    say(group('consumer', 'Stable'), [member(null)], 4, 4),
    /coordinator decides.*range assignor.*assignment of epoch 4/,
  );
  const moving = say(group('consumer', 'Reconciling'), [member([]), member(null)], 5, 5);
  assert.match(moving, /epoch 5; 1 member is not there yet. Only partitions that change hands pause/);
  assert.match(say(group('consumer', 'Assigning'), [], 6, 5), /group epoch 6, assignment of epoch 5.*Reads go on/);
});
