// A member of a group whose coordinator assigns (KIP-848): one heartbeat carries everything. Reads what it is given, commits, lets go
// of what it is asked for before it says so, and begins anew when it is told that it is out.
import { ErrorCode } from '../../protocol/errors.ts';
import { fetch } from '../../protocol/schema/01-fetch.ts';
import { offsetCommit } from '../../protocol/schema/08-offset-commit.ts';
import { offsetFetch } from '../../protocol/schema/09-offset-fetch.ts';
import { findCoordinator } from '../../protocol/schema/10-find-coordinator.ts';
import { consumerGroupHeartbeat } from '../../protocol/schema/68-consumer-group-heartbeat.ts';
import type { Groups } from '../checkers/groups.ts';
import type { Owners } from '../checkers/owners.ts';
import type { MarkName } from '../marks.ts';
import { Client, type ClientOptions } from './client.ts';
import { FETCH_VERSION, recordsIn } from './reader.ts';

export interface AssignedMemberOptions extends ClientOptions {
  readonly group: string;
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  /** group.consumer.session.timeout.ms. */
  readonly sessionMs: number;
  readonly stallShare: number;
  readonly groups: Groups;
  readonly owners: Owners;
  mark(name: MarkName): void;
}
const TIMEOUT_MS = 3000;
const REBALANCE_TIMEOUT_MS = 4000;
const MAX_FETCH_BYTES = 65_536;
const FETCHES_AT_ONCE = 6;
const LEAVES = -1;
const COMMIT_VERSION = 9;
const FETCH_OFFSETS_VERSION = 9;

export class AssignedMember {
  readonly client: Client;
  isDone = false;
  stallShare: number;
  readonly #o: AssignedMemberOptions;
  #coordinator = -1;
  #memberId = '';
  #epoch = 0;
  #lives = 0;
  /** Where each partition that is ours is read next. */
  readonly #positions = new Map<string, number>();
  readonly #committed = new Map<string, number>();
  /** What the coordinator wants us to have. */
  #target: readonly string[] = [];

  constructor(options: AssignedMemberOptions) {
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
    const { topics, sessionMs } = this.#o;
    this.#begin();
    while (!client.isStopping) {
      await client.sleep(client.prng.between(30, 250));
      if (topics.some(({ name }) => client.topicIdOf(name) === undefined))
        await client.refresh(topics.map((t) => t.name));
      if (this.#coordinator === -1 && !(await this.#find())) continue;
      if (!(await this.#beat())) continue;
      if (!(await this.#take())) continue;
      for (const key of this.#positions.keys()) {
        for (let i = 0; i < FETCHES_AT_ONCE && (await this.#fetch(key)); i++);
      }
      if (client.prng.chance(this.stallShare)) await client.sleep(sessionMs * 1.5);
      await this.#commit();
    }
    await this.#leave();
  }
  /** As somebody new: what the one before may still have under way counts for nothing. */
  #begin(): void {
    const { group, owners } = this.#o;
    owners.lost(group, this.#memberId);
    this.#memberId = `${this.client.name}-${this.#lives++}`;
    this.#epoch = 0;
    this.#target = [];
    this.#positions.clear();
    this.#committed.clear();
  }

  async #find(): Promise<boolean> {
    const request = { keyType: 0, coordinatorKeys: [this.#o.group] };
    const answer = await this.client.ask(this.client.anyBroker(), findCoordinator, 4, request, 6000);
    const found = answer?.coordinators[0];
    if (found?.errorCode !== ErrorCode.NONE) return false;
    this.#coordinator = found.nodeId;
    return true;
  }
  #refused(errorCode: number | undefined): void {
    if (
      errorCode === ErrorCode.UNKNOWN_MEMBER_ID ||
      errorCode === ErrorCode.FENCED_MEMBER_EPOCH ||
      errorCode === ErrorCode.STALE_MEMBER_EPOCH
    ) {
      this.#o.mark('assigned-member-fenced');
      this.#begin();
    } else this.#coordinator = -1;
  }
  async #beat(): Promise<boolean> {
    const { client } = this;
    const { group, topics, owners, sessionMs, mark } = this.#o;
    const isNew = this.#epoch === 0;
    const owned = isNew ? [] : [...this.#positions.keys()];
    if (!isNew) owners.keeps(group, this.#memberId, owned);
    const sentMs = client.nowMs;
    const by = this.#coordinator;
    const request = {
      groupId: group,
      memberId: this.#memberId,
      memberEpoch: this.#epoch,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      subscribedTopicNames: topics.map(({ name }) => name),
      serverAssignor: 'uniform',
      topicPartitions: this.#wire(owned),
    };
    const answer = await client.ask(by, consumerGroupHeartbeat, 1, request, TIMEOUT_MS);
    if (answer?.errorCode !== ErrorCode.NONE) {
      // Whether a join was heard is not known; a member has its id for good, so it may say the same again.
      this.#refused(answer?.errorCode);
      return false;
    }
    this.#epoch = answer.memberEpoch;
    if (answer.assignment !== null) this.#target = this.#keysOf(answer.assignment.topicPartitions);
    const partitions = [...new Set([...owned, ...this.#target])];
    const before = owners.assigned;
    owners.owns(group, this.#memberId, { partitions, by, sentMs, nowMs: client.nowMs, sessionMs });
    if (owners.assigned > before) mark('partitions-assigned');
    return true;
  }
  #wire(keys: readonly string[]) {
    const { topics } = this.#o;
    return topics.flatMap(({ name, partitions }) => {
      const own = Array.from({ length: partitions }, (_, i) => i).filter((i) => keys.includes(`${name}-${i}`));
      return own.length === 0 ? [] : [{ topicId: this.client.topicIdOf(name) ?? '', partitions: own }];
    });
  }
  #keysOf(wire: readonly { readonly topicId: string; readonly partitions: readonly number[] }[]): string[] {
    return this.#o.topics.flatMap(({ name }) => {
      const own = wire.filter(({ topicId }) => topicId === this.client.topicIdOf(name));
      return own.flatMap(({ partitions }) => partitions.map((i) => `${name}-${i}`));
    });
  }

  /** Commits and lets go of what is not wanted any more, finds out where what is new is read from. */
  async #take(): Promise<boolean> {
    const gone = [...this.#positions.keys()].filter((key) => !this.#target.includes(key));
    if (gone.length > 0) {
      if (!(await this.#commit())) return false;
      for (const key of gone) this.#positions.delete(key);
    }
    const fresh = this.#target.filter((key) => !this.#positions.has(key));
    return fresh.length === 0 || this.#locate(fresh);
  }
  async #locate(keys: readonly string[]): Promise<boolean> {
    const { group, groups } = this.#o;
    const sentMs = this.client.nowMs;
    const byTopic = Map.groupBy(keys, (key) => placeOf(key).topic);
    const topics = [...byTopic].map(([name, those]) => ({
      name,
      partitionIndexes: those.map((key) => placeOf(key).partition),
    }));
    const request = {
      groups: [{ groupId: group, memberId: this.#memberId, memberEpoch: this.#epoch, topics }],
      requireStable: true,
    };
    const answer = await this.client.ask(this.#coordinator, offsetFetch, FETCH_OFFSETS_VERSION, request, TIMEOUT_MS);
    const one = answer?.groups[0];
    if (one?.errorCode !== ErrorCode.NONE) {
      this.#refused(one?.errorCode);
      return false;
    }
    for (const { name, partitions } of one.topics) {
      for (const { partitionIndex, committedOffset, errorCode } of partitions) {
        if (errorCode !== ErrorCode.NONE) return false;
        const key = `${name}-${partitionIndex}`;
        groups.fetched(group, key, { offset: committedOffset, sentMs });
        this.#positions.set(key, Math.max(0, committedOffset));
        this.#committed.set(key, Math.max(0, committedOffset));
      }
    }
    return true;
  }
  /** Whether there were records. */
  async #fetch(key: string): Promise<boolean> {
    const { client } = this;
    const { topic, partition } = placeOf(key);
    const position = this.#positions.get(key) ?? 0;
    const { leader, leaderEpoch: currentLeaderEpoch } = client.leaderOf(topic, partition) ?? {
      leader: -1,
      leaderEpoch: -1,
    };
    const partitions = [{ partition, currentLeaderEpoch, fetchOffset: position, partitionMaxBytes: MAX_FETCH_BYTES }];
    const request = { maxWaitMs: 10, minBytes: 1, maxBytes: MAX_FETCH_BYTES, topics: [{ topic, partitions }] };
    const answer = leader === -1 ? null : await client.ask(leader, fetch, FETCH_VERSION, request, TIMEOUT_MS);
    const one = answer?.responses[0]?.partitions[0];
    if (one === undefined || one.errorCode !== ErrorCode.NONE) {
      await client.refresh([topic]);
      return false;
    }
    let next = position;
    for (const { offset, value } of recordsIn(client, one.records, position)) {
      this.#o.groups.read(client.name, key, { position: next, offset, value });
      next = offset + 1;
    }
    this.#positions.set(key, next);
    return next > position;
  }
  async #commit(): Promise<boolean> {
    const { group, groups } = this.#o;
    const changed = [...this.#positions].filter(([key, offset]) => this.#committed.get(key) !== offset);
    if (changed.length === 0) return true;
    const byTopic = Map.groupBy(changed, ([key]) => placeOf(key).topic);
    const topics = [...byTopic].map(([name, those]) => ({
      name,
      partitions: those.map(([key, committedOffset]) => ({
        partitionIndex: placeOf(key).partition,
        committedOffset,
        committedMetadata: null,
      })),
    }));
    const sentMs = this.client.nowMs;
    const memberId = this.#memberId;
    const request = { groupId: group, generationIdOrMemberEpoch: this.#epoch, memberId, topics };
    const answer = await this.client.ask(this.#coordinator, offsetCommit, COMMIT_VERSION, request, 6000);
    if (answer === null) {
      // It may still be carried out: only as somebody new one can tell.
      await this.#leave();
      this.#coordinator = -1;
      this.#begin();
      return false;
    }
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, errorCode } of partitions) {
        if (errorCode !== ErrorCode.NONE) {
          this.#refused(errorCode);
          return false;
        }
        const key = `${name}-${partitionIndex}`;
        const offset = changed.find(([one]) => one === key)?.[1] ?? 0;
        const { nowMs } = this.client;
        groups.committed(group, { generation: 0, memberId, partition: key, offset, sentMs, nowMs });
        this.#committed.set(key, offset);
      }
    }
    return true;
  }
  async #leave(): Promise<void> {
    const { group, owners } = this.#o;
    owners.lost(group, this.#memberId);
    const request = { groupId: group, memberId: this.#memberId, memberEpoch: LEAVES };
    await this.client.ask(this.#coordinator, consumerGroupHeartbeat, 1, request, TIMEOUT_MS);
  }
}

function placeOf(key: string): { readonly topic: string; readonly partition: number } {
  const at = key.lastIndexOf('-');
  return { topic: key.slice(0, at), partition: Number(key.slice(at + 1)) };
}
