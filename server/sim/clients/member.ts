// A member of a classic consumer group: joins, is given partitions, reads them from where the group is, commits, and bears what
// clusters and rebalances do to it. Sometimes it thinks for longer than its session lasts and only then goes on, as real ones do.
import { consumerProtocolSubscription } from '../../protocol/consumer-protocol.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import { fetch } from '../../protocol/schema/01-fetch.ts';
import { offsetCommit } from '../../protocol/schema/08-offset-commit.ts';
import { offsetFetch } from '../../protocol/schema/09-offset-fetch.ts';
import { findCoordinator } from '../../protocol/schema/10-find-coordinator.ts';
import { joinGroup } from '../../protocol/schema/11-join-group.ts';
import { heartbeat } from '../../protocol/schema/12-heartbeat.ts';
import { leaveGroup } from '../../protocol/schema/13-leave-group.ts';
import { syncGroup } from '../../protocol/schema/14-sync-group.ts';
import { Writer } from '../../protocol/writer.ts';
import type { Groups } from '../checkers/groups.ts';
import { Violation } from '../checkers/violation.ts';
import type { MarkName } from '../marks.ts';
import { Client, type ClientOptions, type KnownPartition } from './client.ts';
import { FETCH_VERSION, recordsIn } from './reader.ts';

export interface MemberOptions extends ClientOptions {
  readonly group: string;
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  readonly sessionTimeoutMs: number;
  readonly stallShare: number;
  readonly groups: Groups;
  /** Whether the broker leads the partition in that epoch, by the metadata as it stands. */
  isLeader(place: Place, known: KnownPartition): boolean;
  mark(name: MarkName): void;
}

const TIMEOUT_MS = 3000;
const REBALANCE_TIMEOUT_MS = 4000;
const MAX_FETCH_BYTES = 65_536;
const FETCHES_AT_ONCE = 6;
const OUT_OF_GROUP: ReadonlySet<number> = new Set([ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.ILLEGAL_GENERATION]);

interface Membership {
  readonly generation: number;
  readonly leaderId: string;
  readonly protocolName: string;
  readonly others: readonly string[];
}
export interface Place {
  readonly topic: string;
  readonly partition: number;
}
const keyOf = ({ topic, partition }: Place): string => `${topic}-${partition}`;
function placeOf(key: string): Place {
  const at = key.lastIndexOf('-');
  return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) };
}

export class Member {
  readonly client: Client;
  readonly #o: MemberOptions;
  #coordinator = -1;
  #memberId = '';
  isDone = false;
  /** How often it thinks for too long, per commit. */
  stallShare: number;

  constructor(options: MemberOptions) {
    this.#o = options;
    this.stallShare = options.stallShare;
    this.client = new Client(options);
  }

  run(): void {
    void this.#run()
      .catch((error: unknown) => this.#o.fail(error))
      .finally(() => {
        this.isDone = true;
      });
  }
  async #run(): Promise<void> {
    const { client } = this;
    while (!client.isStopping) {
      await client.sleep(client.prng.between(10, 150));
      if (this.#coordinator === -1 && !(await this.#find())) continue;
      const joined = await this.#join();
      const owned = joined === null ? null : await this.#sync(joined);
      if (joined === null || owned === null) continue;
      const positions = await this.#positions(owned);
      if (positions !== null) await this.#consume(joined, positions);
    }
    if (this.#memberId !== '') await this.#leave();
  }

  async #find(): Promise<boolean> {
    const { client } = this;
    const request = { keyType: 0, coordinatorKeys: [this.#o.group] };
    const answer = await client.ask(client.anyBroker(), findCoordinator, 4, request, 6000);
    const found = answer?.coordinators[0];
    if (found?.errorCode !== ErrorCode.NONE) return false;
    this.#coordinator = found.nodeId;
    return true;
  }
  /** What a refusal means for who we are and whom to ask. */
  #refused(errorCode: number | undefined): void {
    if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID) {
      this.#memberId = '';
      this.#o.mark('member-expired');
    }
    const isElsewhere =
      errorCode === undefined ||
      errorCode === ErrorCode.NOT_COORDINATOR ||
      errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE;
    if (!isElsewhere) return;
    if (errorCode === ErrorCode.NOT_COORDINATOR) this.#o.mark('coordinator-reloaded');
    this.#coordinator = -1;
  }

  async #join(): Promise<Membership | null> {
    const { group, sessionTimeoutMs, topics } = this.#o;
    const writer = new Writer();
    writer.int16(0);
    consumerProtocolSubscription.write(writer, 0, { topics: topics.map(({ name }) => name) });
    const request = {
      groupId: group,
      sessionTimeoutMs,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      memberId: this.#memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: writer.toBuffer() }],
    };
    const timeoutMs = REBALANCE_TIMEOUT_MS + sessionTimeoutMs + TIMEOUT_MS;
    const answer = await this.client.ask(this.#coordinator, joinGroup, 7, request, timeoutMs);
    if (answer?.errorCode === ErrorCode.MEMBER_ID_REQUIRED) this.#memberId = answer.memberId;
    else if (answer?.errorCode !== ErrorCode.NONE) this.#refused(answer?.errorCode);
    if (answer?.errorCode !== ErrorCode.NONE) return null;
    this.#memberId = answer.memberId;
    const others = answer.members.map(({ memberId }) => memberId).sort();
    return {
      generation: answer.generationId,
      leaderId: answer.leader,
      protocolName: answer.protocolName ?? '',
      others,
    };
  }
  /** The partitions that are ours, or null. */
  async #sync({ generation, leaderId, others }: Membership): Promise<Place[] | null> {
    const { group, topics, groups, mark } = this.#o;
    const all = topics.flatMap(({ name, partitions }) => Array.from({ length: partitions }, (_, i) => `${name}-${i}`));
    const shareOf = (i: number) => all.filter((_, j) => j % others.length === i);
    const isLeader = leaderId === this.#memberId;
    const assignments = isLeader
      ? others.map((memberId, i) => ({ memberId, assignment: Buffer.from(JSON.stringify(shareOf(i))) }))
      : [];
    const request = {
      groupId: group,
      generationId: generation,
      memberId: this.#memberId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments,
    };
    const answer = await this.client.ask(this.#coordinator, syncGroup, 5, request, REBALANCE_TIMEOUT_MS + TIMEOUT_MS);
    if (answer?.errorCode !== ErrorCode.NONE) {
      this.#refused(answer?.errorCode);
      return null;
    }
    const owned = answer.assignment.length === 0 ? [] : (JSON.parse(String(answer.assignment)) as string[]);
    const { nowMs } = this.client;
    groups.synced(group, { generation, leaderId, memberId: this.#memberId, partitions: owned, nowMs });
    mark('rebalanced');
    return owned.map(placeOf);
  }
  async #positions(owned: readonly Place[]): Promise<Map<string, number> | null> {
    const { group, groups } = this.#o;
    const positions = new Map<string, number>();
    if (owned.length === 0) return positions;
    const sentMs = this.client.nowMs;
    const byTopic = Map.groupBy(owned, ({ topic }) => topic);
    const topics = [...byTopic].map(([name, places]) => ({
      name,
      partitionIndexes: places.map((one) => one.partition),
    }));
    const answer = await this.client.ask(this.#coordinator, offsetFetch, 7, { groupId: group, topics }, TIMEOUT_MS);
    if (answer === null || answer.errorCode !== ErrorCode.NONE) {
      this.#refused(answer?.errorCode);
      return null;
    }
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, committedOffset, errorCode } of partitions) {
        if (errorCode !== ErrorCode.NONE) return null;
        const key = keyOf({ topic: name, partition: partitionIndex });
        groups.fetched(group, key, { offset: committedOffset, sentMs });
        positions.set(key, Math.max(0, committedOffset));
      }
    }
    return positions;
  }

  /** Reads and commits until the group moves on. */
  async #consume(membership: Membership, positions: Map<string, number>): Promise<void> {
    const { client } = this;
    const { sessionTimeoutMs } = this.#o;
    const committed = new Map(positions);
    for (;;) {
      if (client.isStopping) return;
      if (!(await this.#beat(membership))) return;
      for (const key of positions.keys()) {
        for (let i = 0; i < FETCHES_AT_ONCE && (await this.#fetch(placeOf(key), positions)); i++);
      }
      const isNews = [...positions].some(([key, offset]) => committed.get(key) !== offset);
      if (isNews && client.prng.chance(this.stallShare)) await client.sleep(sessionTimeoutMs * 1.5);
      if (isNews && !(await this.#commit(membership, positions, committed))) return;
      await client.sleep(Math.min(sessionTimeoutMs / 5, client.prng.between(30, 300)));
    }
  }
  async #beat({ generation }: Membership): Promise<boolean> {
    const request = { groupId: this.#o.group, generationId: generation, memberId: this.#memberId };
    const answer = await this.client.ask(this.#coordinator, heartbeat, 4, request, TIMEOUT_MS);
    if (answer?.errorCode === ErrorCode.NONE) return true;
    this.#refused(answer?.errorCode);
    return false;
  }
  /** Whether there were records. */
  async #fetch(place: Place, positions: Map<string, number>): Promise<boolean> {
    const { client } = this;
    const { topic, partition } = place;
    const key = keyOf(place);
    const position = positions.get(key) ?? 0;
    const known = client.leaderOf(topic, partition) ?? { leader: -1, leaderEpoch: -1 };
    const { leader, leaderEpoch: currentLeaderEpoch } = known;
    const partitions = [{ partition, currentLeaderEpoch, fetchOffset: position, partitionMaxBytes: MAX_FETCH_BYTES }];
    const request = { maxWaitMs: 20, minBytes: 1, maxBytes: MAX_FETCH_BYTES, topics: [{ topic, partitions }] };
    const answer = leader === -1 ? null : await client.ask(leader, fetch, FETCH_VERSION, request, TIMEOUT_MS);
    const one = answer?.responses[0]?.partitions[0];
    if (one === undefined || one.errorCode !== ErrorCode.NONE) {
      if (one?.errorCode === ErrorCode.FENCED_LEADER_EPOCH) this.#o.mark('epoch-fenced');
      // One that led once may not have what those have who lead now.
      if (one?.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE && this.#o.isLeader(place, known)) {
        throw new Violation(11, `${client.name}: ${key} has nothing at ${position}, where records were read before`);
      }
      await client.refresh([topic]);
      return false;
    }
    let next = position;
    for (const { offset, value } of recordsIn(client, one.records, position)) {
      this.#o.groups.read(client.name, key, { position: next, offset, value });
      if (offset >= one.highWatermark)
        throw new Violation(11, `${client.name}: ${key} gave ${offset}, not committed yet`);
      next = offset + 1;
    }
    positions.set(key, next);
    return next > position;
  }
  async #commit(
    { generation }: Membership,
    positions: ReadonlyMap<string, number>,
    committed: Map<string, number>,
  ): Promise<boolean> {
    const { group, groups } = this.#o;
    const changed = [...positions].filter(([key, offset]) => committed.get(key) !== offset);
    const byTopic = Map.groupBy(changed, ([key]) => placeOf(key).topic);
    const topics = [...byTopic].map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map(([key, committedOffset]) => ({
        partitionIndex: placeOf(key).partition,
        committedOffset,
        committedMetadata: null,
      })),
    }));
    const sentMs = this.client.nowMs;
    const memberId = this.#memberId;
    const request = { groupId: group, generationIdOrMemberEpoch: generation, memberId, topics };
    const answer = await this.client.ask(this.#coordinator, offsetCommit, 8, request, 6000);
    let isWhole = answer !== null;
    for (const { name, partitions } of answer?.topics ?? []) {
      for (const { partitionIndex, errorCode } of partitions) {
        const key = keyOf({ topic: name, partition: partitionIndex });
        const offset = positions.get(key) ?? 0;
        if (errorCode === ErrorCode.NONE) {
          const { nowMs } = this.client;
          groups.committed(group, { generation, memberId, partition: key, offset, sentMs, nowMs });
          committed.set(key, offset);
        } else {
          isWhole = false;
          if (!OUT_OF_GROUP.has(errorCode)) this.#refused(errorCode);
          else if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID) this.#refused(errorCode);
        }
      }
    }
    // Whether it was carried out is not known: a new generation makes sure that it no longer can be.
    if (answer === null) this.#coordinator = -1;
    return isWhole;
  }
  async #leave(): Promise<void> {
    const members = [{ memberId: this.#memberId }];
    await this.client.ask(this.#coordinator, leaveGroup, 4, { groupId: this.#o.group, members }, TIMEOUT_MS);
  }
}
