// Steps of sessions about groups of both protocols: join, sync, heartbeat, commit, and a session of its own group.
import type { ResponseOf } from '../../../server/protocol/codec.ts';
import { offsetCommit } from '../../../server/protocol/schema/08-offset-commit.ts';
import { offsetFetch } from '../../../server/protocol/schema/09-offset-fetch.ts';
import { joinGroup } from '../../../server/protocol/schema/11-join-group.ts';
import { heartbeat } from '../../../server/protocol/schema/12-heartbeat.ts';
import { syncGroup } from '../../../server/protocol/schema/14-sync-group.ts';
import { consumerGroupHeartbeat } from '../../../server/protocol/schema/68-consumer-group-heartbeat.ts';
import type { Session, Talk } from '../talk.ts';

const SESSION_MS = 10_000;
const metadata = Buffer.from('0000000000010001740000000000', 'hex');

export interface JoinOptions {
  readonly version?: number;
  readonly memberId?: string;
  readonly instanceId?: string | null;
  readonly protocols?: readonly string[];
  readonly protocolType?: string;
  readonly sessionTimeoutMs?: number;
  readonly wire?: string;
  readonly metadata?: Buffer;
}
export const join = (talk: Talk, groupId: string, options: JoinOptions = {}) =>
  talk.ask(
    joinGroup,
    options.version ?? 7,
    {
      groupId,
      sessionTimeoutMs: options.sessionTimeoutMs ?? SESSION_MS,
      rebalanceTimeoutMs: SESSION_MS,
      memberId: options.memberId ?? '',
      groupInstanceId: options.instanceId ?? null,
      protocolType: options.protocolType ?? 'consumer',
      protocols: (options.protocols ?? ['range']).map((name) => ({ name, metadata: options.metadata ?? metadata })),
    },
    options.wire,
  );

/** Joins as clients of today do: refused once, then with the id that was given. */
export async function member(talk: Talk, groupId: string, options: JoinOptions = {}) {
  const first = await join(talk, groupId, options);
  if (first.errorCode !== 79) return first;
  return join(talk, groupId, { ...options, memberId: first.memberId });
}

interface SyncOptions {
  /** Members that the leader gives something to. */
  readonly assigned?: readonly string[];
  readonly assignment?: Buffer;
  readonly instanceId?: string | null;
}
export const sync = (
  talk: Talk,
  groupId: string,
  generationId: number,
  memberId: string,
  { assigned = [], assignment = Buffer.from('assigned'), instanceId = null }: SyncOptions = {},
) =>
  talk.ask(syncGroup, 5, {
    groupId,
    generationId,
    memberId,
    groupInstanceId: instanceId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: assigned.map((id) => ({ memberId: id, assignment })),
  });
export const beat = (
  talk: Talk,
  groupId: string,
  generationId: number,
  memberId: string,
  groupInstanceId: string | null = null,
) => talk.ask(heartbeat, 4, { groupId, generationId, memberId, groupInstanceId });

interface CommitOptions {
  readonly version?: number;
  readonly generation?: number;
  readonly memberId?: string;
  readonly metadata?: string | null;
  readonly partition?: number;
}
export const commit = (talk: Talk, groupId: string, topic: string, offset: number, options: CommitOptions = {}) =>
  talk.ask(offsetCommit, options.version ?? 8, {
    groupId,
    generationIdOrMemberEpoch: options.generation ?? -1,
    memberId: options.memberId ?? '',
    topics: [
      {
        name: topic,
        partitions: [
          {
            partitionIndex: options.partition ?? 0,
            committedOffset: offset,
            committedMetadata: options.metadata === undefined ? 'm' : options.metadata,
          },
        ],
      },
    ],
  });
export const committed = (talk: Talk, groupId: string, topic: string | null, version = 7) =>
  talk.ask(offsetFetch, version, {
    groupId,
    topics: topic === null ? null : [{ name: topic, partitionIndexes: [0, 1] }],
    groups: [{ groupId, topics: topic === null ? null : [{ name: topic, partitionIndexes: [0, 1] }] }],
    requireStable: false,
  });

interface BeatOptions {
  readonly memberId: string;
  readonly epoch: number;
  readonly topics?: readonly string[] | null;
  readonly owned?: Owned | null;
  readonly assignor?: string | null;
  readonly regex?: string | null;
  readonly instanceId?: string | null;
}
export const consumerBeat = (talk: Talk, groupId: string, options: BeatOptions) =>
  talk.ask(consumerGroupHeartbeat, 1, {
    groupId,
    memberId: options.memberId,
    memberEpoch: options.epoch,
    instanceId: options.instanceId ?? null,
    rebalanceTimeoutMs: options.epoch === 0 ? 10_000 : -1,
    subscribedTopicNames: options.topics === undefined || options.topics === null ? null : [...options.topics],
    subscribedTopicRegex: options.regex ?? null,
    serverAssignor: options.assignor ?? null,
    topicPartitions: options.owned === undefined ? (options.epoch === 0 ? [] : null) : options.owned,
  });
/** Ids are the client's own choice in this protocol. */
export const ID = 'AAECAwQFBgcICQoLDA0ODw';
export const OTHER_ID = 'DwECAwQFBgcICQoLDA0ODw';

type Owned = { topicId: string; partitions: number[] }[];
/** What a member was given, as it says it back; null when this heartbeat brought nothing new. */
export const ownedOf = ({ assignment }: ResponseOf<typeof consumerGroupHeartbeat>): Owned | null =>
  assignment?.topicPartitions.map(({ topicId, partitions }) => ({ topicId, partitions: [...partitions] })) ?? null;

export const group = (name: string, run: (talk: Talk, groupId: string) => Promise<void>): Session => ({
  name: `group-${name}`,
  run: async (talk) => {
    const groupId = `${talk.prefix}-g`;
    await talk.coordinator(groupId, 0);
    await run(talk, groupId);
  },
});
