// DescribeGroups, ListGroups and DeleteGroups between the wire and the state.

import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { describeGroups as describeApi } from '../../../protocol/schema/15-describe-groups.ts';
import type { listGroups as listApi } from '../../../protocol/schema/16-list-groups.ts';
import type { deleteGroups as deleteApi } from '../../../protocol/schema/42-delete-groups.ts';
import type { consumerGroupDescribe as describeConsumersApi } from '../../../protocol/schema/69-consumer-group-describe.ts';
import { toGroupError } from '../errors.ts';
import { describe, GROUP_TYPE, passes } from '../group/classic/describe.ts';
import { CONSUMER_GROUP_TYPE, describeConsumerGroup } from '../group/consumer/describe.ts';
import { stateOf } from '../group/consumer/group.ts';
import { deleteGroup } from '../offsets/delete.ts';
import type { Shards } from '../shards.ts';
import { groupOf } from '../state.ts';
import type { GroupRequestContext } from './membership.ts';

/** From v6 on an unknown group is an error; before, a group in state Dead (KIP-1043). */
const UNKNOWN_GROUP_IS_ERROR_FROM = 6;

/** READ, DELETE, DESCRIBE, DESCRIBE_CONFIGS and ALTER_CONFIGS as a bit field: without an authorizer everyone may do all of it. */
const ALL_GROUP_OPERATIONS = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11);

export function describeGroups(
  shards: Shards,
  request: RequestOf<typeof describeApi>,
  context: GroupRequestContext,
): ResponseInput<typeof describeApi> {
  const authorized = request.includeAuthorizedOperations ? { authorizedOperations: ALL_GROUP_OPERATIONS } : {};
  const groups = request.groups.map((groupId) => describeOne(shards, groupId, context.apiVersion));
  return { groups: groups.map((group) => (group.errorCode === ErrorCode.NONE ? { ...group, ...authorized } : group)) };
}

function describeOne(shards: Shards, groupId: string, apiVersion: number) {
  const shard = shards.find(groupId);
  if (typeof shard === 'number') return { errorCode: shard, groupId };
  const group = shard.state.groups.get(groupId);
  if (group !== undefined) return { errorCode: ErrorCode.NONE, groupId, ...describe(group) };
  if (apiVersion < UNKNOWN_GROUP_IS_ERROR_FROM) return { errorCode: ErrorCode.NONE, groupId, groupState: 'Dead' };
  return {
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage: shard.state.consumers.has(groupId)
      ? `Group ${groupId} is not a classic group.`
      : `Group ${groupId} not found.`,
    groupId,
    groupState: 'Dead',
  };
}

export function describeConsumerGroups(
  shards: Shards,
  request: RequestOf<typeof describeConsumersApi>,
): ResponseInput<typeof describeConsumersApi> {
  const authorized = request.includeAuthorizedOperations ? { authorizedOperations: ALL_GROUP_OPERATIONS } : {};
  return {
    groups: request.groupIds.map((groupId) => {
      const failed = (errorCode: number, errorMessage: string | null) => ({ errorCode, errorMessage, groupId });
      if (groupId === '') return failed(ErrorCode.INVALID_GROUP_ID, null);
      const shard = shards.find(groupId);
      if (typeof shard === 'number') return failed(shard, null);
      const group = shard.state.consumers.get(groupId);
      if (group === undefined) {
        const isClassic = shard.state.groups.has(groupId);
        const message = isClassic ? `Group ${groupId} is not a consumer group.` : `Group ${groupId} not found.`;
        return failed(ErrorCode.GROUP_ID_NOT_FOUND, message);
      }
      return { groupId, ...describeConsumerGroup(group, shards.assignors(), shards.topics), ...authorized };
    }),
  };
}

/** Groups coordinated here; COORDINATOR_LOAD_IN_PROGRESS while some of them are still being read. */
export function listGroups(shards: Shards, request: RequestOf<typeof listApi>): ResponseInput<typeof listApi> {
  const groups = [];
  for (const shard of shards.all()) {
    if (!shard.isActive) return { errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS };
    for (const group of shard.state.groups.values()) {
      const { groupId, protocolType, state: groupState } = group;
      if (!passes({ state: groupState, type: GROUP_TYPE }, request)) continue;
      groups.push({ groupId, protocolType: protocolType ?? '', groupState, groupType: GROUP_TYPE });
    }
    for (const group of shard.state.consumers.values()) {
      const groupState = stateOf(group);
      if (!passes({ state: groupState, type: CONSUMER_GROUP_TYPE }, request)) continue;
      const { groupId } = group;
      groups.push({ groupId, protocolType: 'consumer', groupState, groupType: CONSUMER_GROUP_TYPE });
    }
  }
  return { errorCode: ErrorCode.NONE, groups };
}

export async function deleteGroups(
  shards: Shards,
  request: RequestOf<typeof deleteApi>,
): Promise<ResponseInput<typeof deleteApi>> {
  const groupIds = [...new Set(request.groupsNames)];
  const errorCodes = await Promise.all(groupIds.map((groupId) => deleteOne(shards, groupId)));
  return { results: groupIds.map((groupId, i) => ({ groupId, errorCode: errorCodes[i] ?? ErrorCode.NONE })) };
}

async function deleteOne(shards: Shards, groupId: string): Promise<number> {
  const shard = shards.find(groupId);
  if (typeof shard === 'number') return shard;
  const group = groupOf(shard.state, groupId);
  if (group === null) return ErrorCode.GROUP_ID_NOT_FOUND;
  const { errorCode, records } = deleteGroup(group, shard.state.offsets);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  const storeError = shard.append(records);
  if (storeError !== ErrorCode.NONE) return toGroupError(storeError);
  return shard.whenCommitted(() => ErrorCode.NONE, toGroupError);
}
