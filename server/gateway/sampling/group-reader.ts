// Reads groups: the list from every broker, and for chosen groups members and committed offsets from their coordinators,
// many groups in one request. End offsets are read after the committed ones, so that lag is never negative by accident.
import { CONSUMER_GROUP_DESCRIBE, DESCRIBE_GROUPS, LIST_GROUPS, OFFSET_FETCH } from '../../client/apis.ts';
import { BrokerGate } from '../../client/asking/per-broker.ts';
import type { KafkaClient } from '../../client/client.ts';
import { kafkaErrorName, throwIfError } from '../../client/errors.ts';
import { nearestNumber } from '../../client/int64.ts';
import { partitionKey } from '../../client/places.ts';
import { assignmentsOf } from '../../client/records/assignment.ts';
import type { GroupMember, GroupPartition, Problem } from '../../live/contract.ts';
import type { Figures } from '../model/figures.ts';
import type { GroupListing, Groups } from '../model/groups.ts';
import { partitionLag } from '../model/lag.ts';
import { orNull } from '../model/numbers.ts';
import type { LogTails, UnnamedWant } from './log-tails.ts';
import type { OffsetReader } from './offsets.ts';

const CHUNK_GROUPS = 50;

export interface Description {
  readonly groupId: string;
  readonly state: string;
  readonly protocol: string | null;
  readonly epoch: number | null;
  readonly assignmentEpoch: number | null;
  readonly members: readonly GroupMember[];
}

/** Coordinators and partition leaders are different roles of the same brokers: each has its gate. */
export interface GroupGates {
  readonly coordinators: BrokerGate;
  readonly ends: BrokerGate;
  readonly tails: BrokerGate;
}

interface FoundGroup {
  readonly listing: GroupListing;
  /** When the committed offsets had been read. */
  readonly atMs: number;
  readonly description: Description | null;
  readonly offsets: readonly CommittedOffset[] | null;
}

export interface CommittedOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata: string | null;
}

/** What it fills, and what it reads with. */
export interface GroupParts {
  readonly figures: Figures;
  readonly groups: Groups;
  readonly offsets: OffsetReader;
  readonly tails: LogTails;
}

export class GroupReader {
  readonly #client: KafkaClient;
  readonly #figures: Figures;
  readonly #groups: Groups;
  readonly #offsets: OffsetReader;
  readonly #tails: LogTails;
  readonly #listGate = new BrokerGate();

  constructor(client: KafkaClient, { figures, groups, offsets, tails }: GroupParts) {
    this.#client = client;
    this.#figures = figures;
    this.#groups = groups;
    this.#offsets = offsets;
    this.#tails = tails;
  }

  /** All groups, from every broker that is up. Never throws. */
  async list(gate: BrokerGate = this.#listGate): Promise<readonly Problem[]> {
    const listings: GroupListing[] = [];
    const problems = await gate.askAll(this.#client.metadata.brokers.keys(), 'the groups', async (brokerId) => {
      const endpoint = this.#client.metadata.endpointOf(brokerId);
      if (endpoint === null) return;
      const answer = await this.#client.connections.request(endpoint, 'control', LIST_GROUPS, [], []);
      throwIfError(answer.errorCode, 'Listing groups failed');
      for (const group of answer.groups) {
        listings.push({
          groupId: group.groupId,
          type: (group.groupType ?? '').toLowerCase() || 'classic',
          protocolType: group.protocolType,
          state: group.groupState,
          coordinatorId: brokerId,
        });
      }
    });
    this.#groups.takeListings(
      listings,
      new Set(problems.flatMap(({ brokerId }) => (brokerId === null ? [] : [brokerId]))),
      Date.now(),
    );
    return problems;
  }

  /** Samples the given groups into `groups`: coordinators first, then the end offsets of all that they committed. Never throws. */
  async sample(gates: GroupGates, groupIds: Iterable<string>): Promise<readonly Problem[]> {
    const byCoordinator = this.#byCoordinator(groupIds);
    const found: FoundGroup[] = [];
    const problems = await gates.coordinators.askAll(byCoordinator.keys(), 'the groups', async (coordinatorId) => {
      const listings = byCoordinator.get(coordinatorId) ?? [];
      for (let at = 0; at < listings.length; at += CHUNK_GROUPS) {
        found.push(...(await this.#readChunk(coordinatorId, listings.slice(at, at + CHUNK_GROUPS))));
      }
    });
    const inTime = [...found];
    const involved = involvedPartitions(inTime);
    const endProblems = involved.length === 0 ? [] : await this.#offsets.sample(gates.ends, 'latest', involved);
    // What stays unseen for want of an answer is told by the end offsets already.
    await this.#tails.look(gates.tails, this.#shortTails(inTime));
    for (const group of inTime) this.#take(group);
    this.#groups.noteCompleteness();
    return [...problems, ...endProblems];
  }

  /** Samples every group once, for questions that need them all. Bounded by a few requests per coordinator. */
  async readAll(): Promise<void> {
    await this.list(new BrokerGate());
    const gates = { coordinators: new BrokerGate(), ends: new BrokerGate(), tails: new BrokerGate() };
    await this.sample(gates, this.#groups.listings.keys());
  }

  /** Where groups have almost read everything, by offsets that were read in the right order. */
  #shortTails(found: readonly FoundGroup[]): readonly UnnamedWant[] {
    return found.flatMap(({ listing, atMs, offsets }) => {
      const before = new Map(
        this.#groups
          .detail(listing.groupId)
          ?.sample?.partitions.map((row) => [partitionKey(row.topic, row.partition), row]),
      );
      return (offsets ?? []).flatMap(({ topic, partition, offset: from }) => {
        const end = this.#endSince(topic, partition, atMs);
        if (end === null) return [];
        const previous = before.get(partitionKey(topic, partition));
        const isStill = previous?.committedOffset === from && previous.endOffset === end;
        return [{ topic, partition, from, end, isStill }];
      });
    });
  }

  /** The end offset, if it was read after this moment. */
  #endSince(topic: string, partition: number, atMs: number): number | null {
    const figures = this.#figures.of(topic);
    return (figures?.endAtMs[partition] ?? 0) >= atMs ? orNull(figures?.end[partition]) : null;
  }

  #byCoordinator(groupIds: Iterable<string>): Map<number, GroupListing[]> {
    const byCoordinator = new Map<number, GroupListing[]>();
    for (const groupId of groupIds) {
      const listing = this.#groups.listings.get(groupId);
      if (listing === undefined) continue;
      const listings = byCoordinator.get(listing.coordinatorId);
      if (listings === undefined) byCoordinator.set(listing.coordinatorId, [listing]);
      else listings.push(listing);
    }
    return byCoordinator;
  }

  async #readChunk(coordinatorId: number, listings: readonly GroupListing[]): Promise<readonly FoundGroup[]> {
    const groupIds = listings.map(({ groupId }) => groupId);
    const [descriptions, committed] = await Promise.all([
      this.describe(coordinatorId, listings),
      this.committed(coordinatorId, groupIds),
    ]);
    const atMs = Date.now();
    return listings.map((listing) => ({
      listing,
      atMs,
      description: descriptions.get(listing.groupId) ?? null,
      offsets: committed.get(listing.groupId) ?? null,
    }));
  }

  #take({ listing, atMs, description, offsets }: FoundGroup): void {
    const detail = this.#groups.detailFor(listing.groupId);
    if (detail === null) return;
    if (offsets === null) {
      detail.problem = `The offsets of group ${listing.groupId} could not be read.`;
      return;
    }
    const members = description?.members ?? [];
    const sample = {
      atMs,
      state: description?.state ?? listing.state,
      protocol: description?.protocol ?? null,
      epoch: description?.epoch ?? null,
      assignmentEpoch: description?.assignmentEpoch ?? null,
      members,
      partitions: this.#rows(members, offsets, atMs),
    };
    detail.take(sample, (topic) => this.#figures.of(topic)?.bytesPerRecord ?? null);
  }

  /** Members and state. A group that is gone or of an unknown kind is missing from the result. */
  async describe(coordinatorId: number, listings: readonly GroupListing[]): Promise<ReadonlyMap<string, Description>> {
    const classic = listings.filter(({ type }) => type === 'classic').map(({ groupId }) => groupId);
    const consumer = listings.filter(({ type }) => type === 'consumer').map(({ groupId }) => groupId);
    const [first, second] = await Promise.all([
      classic.length === 0 ? [] : this.#describeClassic(coordinatorId, classic),
      consumer.length === 0 ? [] : this.#describeConsumer(coordinatorId, consumer),
    ]);
    return new Map([...first, ...second].map((description) => [description.groupId, description]));
  }

  /** Committed offsets by group; a group whose offsets could not be read is missing. */
  async committed(
    coordinatorId: number,
    groupIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly CommittedOffset[]>> {
    const result = new Map<string, readonly CommittedOffset[]>();
    if (groupIds.length === 0) return result;
    const request = groupIds.map((groupId) => ({ groupId, memberId: null, memberEpoch: -1, topics: ALL_TOPICS }));
    const answer = await this.#client.connections.request(
      this.#endpoint(coordinatorId),
      'control',
      OFFSET_FETCH,
      request,
      false,
    );
    for (const group of answer.groups) {
      if (group.errorCode !== 0 && kafkaErrorName(group.errorCode) !== 'GROUP_ID_NOT_FOUND') continue;
      const offsets: CommittedOffset[] = [];
      for (const { name, partitions } of group.topics) {
        for (const { partitionIndex, committedOffset, metadata, errorCode } of partitions) {
          if (errorCode !== 0 || committedOffset < 0n) continue;
          offsets.push({
            topic: name,
            partition: partitionIndex,
            offset: nearestNumber(committedOffset),
            metadata: metadata ?? null,
          });
        }
      }
      result.set(group.groupId, offsets);
    }
    return result;
  }

  #endpoint(coordinatorId: number) {
    const endpoint = this.#client.metadata.endpointOf(coordinatorId);
    if (endpoint === null) throw new Error(`broker ${coordinatorId} has no known address`);
    return endpoint;
  }

  async #describeClassic(coordinatorId: number, groupIds: string[]): Promise<readonly Description[]> {
    const endpoint = this.#endpoint(coordinatorId);
    const answer = await this.#client.connections.request(endpoint, 'control', DESCRIBE_GROUPS, groupIds, false);
    return answer.groups
      .filter(({ errorCode }) => errorCode === 0)
      .map((group) => ({
        groupId: group.groupId,
        state: group.groupState,
        protocol: group.protocolData === '' ? null : group.protocolData,
        epoch: null,
        assignmentEpoch: null,
        members: group.members.map((member) => ({
          memberId: member.memberId,
          instanceId: member.groupInstanceId ?? null,
          clientId: member.clientId,
          host: member.clientHost,
          epoch: null,
          assignments: group.protocolType === 'consumer' ? assignmentsOf(member.memberAssignment) : [],
          target: null,
        })),
      }));
  }

  async #describeConsumer(coordinatorId: number, groupIds: string[]): Promise<readonly Description[]> {
    const endpoint = this.#endpoint(coordinatorId);
    const answer = await this.#client.connections.request(
      endpoint,
      'control',
      CONSUMER_GROUP_DESCRIBE,
      groupIds,
      false,
    );
    return answer.groups
      .filter(({ errorCode }) => errorCode === 0)
      .map((group) => ({
        groupId: group.groupId,
        state: group.groupState,
        protocol: group.assignorName === '' ? null : group.assignorName,
        epoch: group.groupEpoch,
        assignmentEpoch: group.assignmentEpoch,
        members: group.members.map((member) => ({
          memberId: member.memberId,
          instanceId: member.instanceId ?? null,
          clientId: member.clientId,
          host: member.clientHost,
          epoch: member.memberEpoch,
          assignments: placesOf(member.assignment.topicPartitions),
          target: differing(
            placesOf(member.assignment.topicPartitions),
            placesOf(member.targetAssignment.topicPartitions),
          ),
        })),
      }));
  }

  #rows(
    members: readonly GroupMember[],
    offsets: readonly CommittedOffset[],
    committedAtMs: number,
  ): readonly GroupPartition[] {
    const rows = new Map<
      string,
      { topic: string; partition: number; committed: CommittedOffset | null; memberId: string | null }
    >();
    for (const committed of offsets) {
      const { topic, partition } = committed;
      rows.set(partitionKey(topic, partition), { topic, partition, committed, memberId: null });
    }
    for (const { memberId, assignments } of members) {
      for (const { topic, partitions } of assignments) {
        for (const partition of partitions) {
          const committed = rows.get(partitionKey(topic, partition))?.committed ?? null;
          rows.set(partitionKey(topic, partition), { topic, partition, committed, memberId });
        }
      }
    }
    return [...rows.values()]
      .sort((left, right) =>
        left.topic < right.topic ? -1 : left.topic > right.topic ? 1 : left.partition - right.partition,
      )
      .map(({ topic, partition, committed, memberId }) => {
        const figures = this.#figures.of(topic);
        const node = this.#client.metadata.topics.get(topic);
        const startOffset = orNull(figures?.start[partition]);
        const endOffset = this.#endSince(topic, partition, committed === null ? 0 : committedAtMs);
        const committedOffset = committed?.offset ?? null;
        const lag = partitionLag({
          committedOffset,
          startOffset,
          endOffset,
          hasTopic: node !== undefined,
          hasPartition: node?.partitions[partition] !== undefined,
          leader: node?.partitions[partition]?.leader ?? null,
          parts: this.#tails.partsOf(topic, partition, committedOffset, endOffset),
        });
        return {
          topic,
          partition,
          committedOffset,
          metadata: committed?.metadata || null,
          startOffset,
          endOffset,
          ...lag,
          memberId,
          outRecordsPerSecond: null,
        };
      });
  }
}

type Places = GroupMember['assignments'];

/** In an order of its own, so that two readings of the same compare as equal. */
function placesOf(topics: readonly { topicName: string; partitions: readonly number[] }[]): Places {
  return topics
    .map(({ topicName: topic, partitions }) => ({ topic, partitions: partitions.toSorted((a, b) => a - b) }))
    .filter(({ partitions }) => partitions.length > 0)
    .sort((left, right) => (left.topic < right.topic ? -1 : 1));
}

/** The target, or null when it is what the member has. */
function differing(assignments: Places, target: Places): Places | null {
  return JSON.stringify(assignments) === JSON.stringify(target) ? null : target;
}

function involvedPartitions(
  groups: readonly FoundGroup[],
): readonly { topic: string; partitions: readonly number[] }[] {
  const involved = new Map<string, Set<number>>();
  for (const { offsets } of groups) {
    for (const { topic, partition } of offsets ?? []) {
      const partitions = involved.get(topic);
      if (partitions === undefined) involved.set(topic, new Set([partition]));
      else partitions.add(partition);
    }
  }
  return [...involved].map(([topic, partitions]) => ({ topic, partitions: [...partitions] }));
}

/** The library's type wants topics; Kafka's meaning of null is "all with a committed offset" and the encoder writes it. */
const ALL_TOPICS = null as unknown as { name: string; partitionIndexes: number[] }[];
