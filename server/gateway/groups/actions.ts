// What people do to groups: preview and reset offsets, delete a group or its offsets of one topic. A group that
// is active is refused with the number of its members and how to mend it. Called by feature.ts.
import { DELETE_GROUPS, OFFSET_COMMIT, OFFSET_DELETE } from '../../client/apis.ts';
import { BrokerGate } from '../../client/asking/per-broker.ts';
import type { Endpoint } from '../../client/connections.ts';
import { ClusterError, invalidArgument, throwIfError, unknownGroup } from '../../client/errors.ts';
import { chosenPartitions } from '../../client/metadata.ts';
import { EARLIEST, LATEST } from '../../client/records/offsets.ts';
import type { CallArgs, CallResult } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import type { CommittedOffset, Description } from '../sampling/group-reader.ts';
import { resetRow } from './reset.ts';

/** Group ids longer than Kafka's string limit cannot exist. */
const MAX_GROUP_ID = 32_767;
const INACTIVE = new Set(['Empty', 'Dead', '']);

interface GroupNow {
  readonly coordinatorId: number;
  readonly endpoint: Endpoint;
  /** null: no such group yet; its offsets can still be set. */
  readonly description: Description | null;
  readonly committed: readonly CommittedOffset[];
}

export async function previewReset(
  context: GatewayContext,
  args: CallArgs<'group.previewReset'>,
): Promise<CallResult<'group.previewReset'>> {
  const { groupId, topic: name, strategy } = args;
  const topic = await context.metadata.topic(name);
  const partitions = chosenPartitions(topic, args.partitions);
  const wanted = [{ topic: name, partitions }];
  const timestamp = strategy.to === 'timestamp' ? BigInt(strategy.timestampMs) : null;
  const [group, starts, ends, found] = await Promise.all([
    readGroup(context, groupId),
    context.client.offsets({ of: wanted, at: EARLIEST, lane: 'admin' }),
    context.client.offsets({ of: wanted, at: LATEST, lane: 'admin' }),
    timestamp === null ? [] : context.client.offsets({ of: wanted, at: timestamp, lane: 'admin' }),
  ]);
  const current = new Map(
    group.committed.filter((row) => row.topic === name).map((row) => [row.partition, row.offset]),
  );
  const rows = partitions.flatMap((partition) => {
    const start = starts.find((answer) => answer.partition === partition && answer.errorCode === 0);
    const end = ends.find((answer) => answer.partition === partition && answer.errorCode === 0);
    if (start === undefined || end === undefined) return [];
    const timestampOffset = found.find((answer) => answer.partition === partition)?.offset ?? null;
    const input = {
      topic: name,
      partition,
      currentOffset: current.get(partition) ?? null,
      startOffset: start.offset,
      endOffset: end.offset,
      timestampOffset,
    };
    return [resetRow(input, strategy)];
  });
  const refusal = refusalOf(groupId, group.description);
  return { rows, isAllowed: refusal === null, refusal };
}

/** @throws ClusterError NON_EMPTY_GROUP while the group has members */
export async function resetOffsets(
  context: GatewayContext,
  args: CallArgs<'group.resetOffsets'>,
): Promise<CallResult<'group.resetOffsets'>> {
  if (args.offsets.length === 0) throw invalidArgument('There is nothing to reset: choose at least one partition.');
  for (const [name, offsets] of Map.groupBy(args.offsets, ({ topic }) => topic)) {
    chosenPartitions(
      await context.metadata.topic(name),
      offsets.map(({ partition }) => partition),
    );
    if (offsets.some(({ offset }) => !Number.isSafeInteger(offset) || offset < 0)) {
      throw invalidArgument('An offset is a whole number from 0 on.');
    }
  }
  const group = await readGroup(context, args.groupId);
  refuseActive(args.groupId, group.description);
  context.expectGroup(args.groupId);
  const topics = [...Map.groupBy(args.offsets, ({ topic }) => topic)].map(([name, offsets]) => ({
    name,
    partitions: offsets.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: '',
    })),
  }));
  const answer = await context.connections.request(
    group.endpoint,
    'admin',
    OFFSET_COMMIT,
    args.groupId,
    -1,
    '',
    null,
    topics,
  );
  for (const topic of answer.topics) {
    for (const { partitionIndex, errorCode } of topic.partitions) {
      throwIfError(
        errorCode,
        `Resetting partition ${partitionIndex} of ${topic.name} for group ${args.groupId} failed`,
      );
    }
  }
  return { changed: args.offsets.length };
}

export async function deleteGroup(
  context: GatewayContext,
  args: CallArgs<'group.delete'>,
): Promise<CallResult<'group.delete'>> {
  const { groupId } = args;
  const group = await readGroup(context, groupId);
  refuseActive(groupId, group.description);
  const answer = await context.connections.request(group.endpoint, 'admin', DELETE_GROUPS, [groupId]);
  const code = answer.results[0]?.errorCode ?? -1;
  if (code === 69) throw unknownGroup(groupId);
  throwIfError(code, `Deleting group ${groupId} failed`);
  return { groupId };
}

export async function deleteOffsets(
  context: GatewayContext,
  args: CallArgs<'group.deleteOffsets'>,
): Promise<CallResult<'group.deleteOffsets'>> {
  const { groupId, topic } = args;
  const group = await readGroup(context, groupId);
  const partitions = group.committed
    .filter((row) => row.topic === topic)
    .map((row) => ({ partitionIndex: row.partition }));
  if (partitions.length === 0) {
    throw invalidArgument(`Group ${groupId} has no committed offsets for ${topic}, so there is nothing to delete.`);
  }
  const answer = await context.connections.request(group.endpoint, 'admin', OFFSET_DELETE, groupId, [
    { name: topic, partitions },
  ]);
  const what = `Deleting the offsets of ${topic} for group ${groupId} failed`;
  throwIfError(answer.errorCode, what);
  for (const { partitions: results } of answer.topics) {
    for (const { errorCode } of results) throwIfError(errorCode, what);
  }
  return { partitions: partitions.length };
}

async function readGroup(context: GatewayContext, groupId: string): Promise<GroupNow> {
  if (groupId === '' || groupId.length > MAX_GROUP_ID)
    throw invalidArgument('A group id is 1 to 32,767 characters long.');
  await context.metadata.fresh(5_000);
  const coordinator = await context.client.coordinator('group', groupId);
  const coordinatorId = coordinator.brokerId;
  if (!context.metadata.brokers.has(coordinatorId)) await context.metadata.refresh();
  const type = await typeOf(context, groupId);
  const listing = { groupId, type, protocolType: 'consumer', state: '', coordinatorId };
  const [descriptions, committed] = await Promise.all([
    context.groupReader.describe(coordinatorId, [listing]),
    context.groupReader.committed(coordinatorId, [groupId]),
  ]);
  return {
    coordinatorId,
    endpoint: { host: coordinator.host, port: coordinator.port },
    description: descriptions.get(groupId) ?? null,
    committed: committed.get(groupId) ?? [],
  };
}

async function typeOf(context: GatewayContext, groupId: string): Promise<string> {
  if (!context.groups.listings.has(groupId)) await context.groupReader.list(new BrokerGate());
  return context.groups.listings.get(groupId)?.type ?? 'classic';
}

function refusalOf(groupId: string, description: Description | null): string | null {
  if (description === null || INACTIVE.has(description.state)) return null;
  const count = description.members.length;
  const who = `${count} active ${count === 1 ? 'member' : 'members'}`;
  const clients = [...new Set(description.members.map(({ clientId }) => clientId))].slice(0, 3).join(', ');
  return `Group ${groupId} is ${description.state} with ${who}${clients === '' ? '' : ` (${clients})`}, which would overwrite the change. Stop ${count === 1 ? 'it' : 'them'}, wait until the group is empty, and try again.`;
}

function refuseActive(groupId: string, description: Description | null): void {
  const refusal = refusalOf(groupId, description);
  if (refusal !== null) throw new ClusterError('NON_EMPTY_GROUP', refusal, { code: 68 });
}
