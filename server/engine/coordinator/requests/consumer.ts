// ConsumerGroupHeartbeat between the wire and the verbs: finds the shard, checks the request's shape, copies what outlives its
// frame, and makes a classic group a consumer group when the first member of the new protocol joins it.
import type { RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { ErrorCode } from '../../../protocol/errors.ts';
import type { consumerGroupHeartbeat as heartbeatApi } from '../../../protocol/schema/68-consumer-group-heartbeat.ts';
import { toGroupError } from '../errors.ts';
import { newConsumerGroup } from '../group/consumer/group.ts';
import type { HeartbeatReply, HeartbeatRequest } from '../group/consumer/heartbeat.ts';
import { consumerHeartbeat, heartbeatProblem, refusedHeartbeat } from '../group/consumer/heartbeat.ts';
import { consumerLeave } from '../group/consumer/leave.ts';
import { upgrade } from '../group/consumer/migrate.ts';
import { toAssignment, toTopicPartitions } from '../group/consumer/partitions.ts';
import type { ConsumerDecision } from '../group/consumer/turn.ts';
import { ConsumerTurn, Refusal, refuseTurn } from '../group/consumer/turn.ts';
import type { Shard } from '../runtime.ts';
import type { Shards } from '../shards.ts';
import type { GroupRequestContext } from './membership.ts';
import { shardFor } from './membership.ts';

/** From v1 on clients make their member ids themselves (KIP-1082). */
const FIRST_VERSION_WITH_OWN_ID = 1;
const MAX_MEMBER_CHARS = 1024 * 1024;

type Request = RequestOf<typeof heartbeatApi>;
type Decide = ConsumerDecision<HeartbeatReply>;

export async function heartbeatConsumerGroup(
  shards: Shards,
  request: Request,
  context: GroupRequestContext,
): Promise<ResponseInput<typeof heartbeatApi>> {
  const hasOwnId = context.apiVersion >= FIRST_VERSION_WITH_OWN_ID;
  const verb = toVerb(shards, request, context);
  const problem = heartbeatProblem(
    { ...verb, memberId: request.memberId },
    { hasOwnId, assignors: shards.assignors() },
  );
  if (problem !== null) return toResponse(refusedHeartbeat(problem));
  if (isTooLarge(request)) return { errorCode: ErrorCode.INVALID_REQUEST, errorMessage: 'The request is too large.' };
  const shard = shardFor(shards, request.groupId);
  if (typeof shard === 'number') return { errorCode: shard };
  const reply = await shard.askConsumer<HeartbeatReply>(
    request.groupId,
    () => decide(shards, shard, verb),
    (code) => refusedHeartbeat(new Refusal(toGroupError(code), '')),
  );
  return toResponse(reply);
}

function decide(shards: Shards, shard: Shard, request: HeartbeatRequest): Decide {
  const { groupId, memberEpoch } = request;
  const surroundings = shards.surroundings(groupId);
  const group = shard.state.consumers.get(groupId);
  if (group !== undefined) {
    if (memberEpoch < 0) return consumerLeave(group, request, surroundings);
    return consumerHeartbeat(new ConsumerTurn(group, surroundings), request);
  }
  const refused = (refusal: Refusal): Decide => refuseTurn(refusedHeartbeat(refusal));
  const classic = shard.state.groups.get(groupId);
  if (memberEpoch !== 0) {
    const why = classic === undefined ? 'was not found' : 'is not a consumer group';
    return refused(new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, `Group ${groupId} ${why}.`));
  }
  if (classic === undefined) {
    if (shards.isFullFor(groupId))
      return refused(new Refusal(ErrorCode.POLICY_VIOLATION, 'This broker has too many groups.'));
    return consumerHeartbeat(new ConsumerTurn(newConsumerGroup(groupId), surroundings), request);
  }
  const turn = upgrade(classic, surroundings);
  return turn instanceof Refusal ? refused(turn) : consumerHeartbeat(turn, request);
}

function toVerb(shards: Shards, request: Request, context: GroupRequestContext): HeartbeatRequest {
  const { topicPartitions } = request;
  return {
    groupId: request.groupId,
    memberId: request.memberId === '' ? shards.options.world.random.uuid() : request.memberId,
    memberEpoch: request.memberEpoch,
    instanceId: request.instanceId,
    rackId: request.rackId,
    rebalanceTimeoutMs: request.rebalanceTimeoutMs,
    topics: request.subscribedTopicNames,
    regex: request.subscribedTopicRegex,
    serverAssignor: request.serverAssignor,
    owned: topicPartitions === null ? null : toAssignment(topicPartitions),
    clientId: context.clientId,
    clientHost: `/${context.connection.remoteHost}`,
  };
}

/** DIVERGES: Kafka keeps what its request may carry, up to 100 MB a member. More than this could not be recorded with the group anyway. */
function isTooLarge(request: Request): boolean {
  const { memberId, instanceId, rackId, subscribedTopicNames, subscribedTopicRegex } = request;
  let chars = 0;
  for (const text of [memberId, instanceId, rackId, subscribedTopicRegex]) chars += text?.length ?? 0;
  for (const name of subscribedTopicNames ?? []) chars += name.length;
  return chars > MAX_MEMBER_CHARS;
}

function toResponse(reply: HeartbeatReply): ResponseInput<typeof heartbeatApi> {
  const { assignment, ...rest } = reply;
  return { ...rest, assignment: assignment && { topicPartitions: toTopicPartitions(assignment) } };
}
