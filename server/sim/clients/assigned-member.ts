// A member of a group whose coordinator assigns (KIP-848): one heartbeat carries everything. Reads what it is given, commits, lets go
// of what it is asked for before it says so, and begins anew when it is told that it is out.
import { ErrorCode } from '../../protocol/errors.ts';
import { offsetFetch } from '../../protocol/schema/09-offset-fetch.ts';
import { consumerGroupHeartbeat } from '../../protocol/schema/68-consumer-group-heartbeat.ts';
import type { Owners } from '../checkers/clients/owners.ts';
import { byTopic } from '../place.ts';
import { GroupMember, type GroupMemberOptions, REBALANCE_TIMEOUT_MS, TIMEOUT_MS } from './group-member.ts';

export interface AssignedMemberOptions extends GroupMemberOptions {
  readonly owners: Owners;
}
const LEAVES = -1;
const FETCH_OFFSETS_VERSION = 9;

export class AssignedMember extends GroupMember<AssignedMemberOptions> {
  protected readonly commitVersion = 9;
  #epoch = 0;
  #lives = 0;
  /** What the coordinator wants us to have. */
  #target: readonly string[] = [];

  protected get generation(): number {
    return this.#epoch;
  }
  protected async work(): Promise<void> {
    const { client } = this;
    const { topics } = this.o;
    this.#begin();
    while (!client.isStopping) {
      await client.sleep(client.prng.between(30, 250));
      if (topics.some(({ name }) => client.topicIdOf(name) === undefined))
        await client.refresh(topics.map((t) => t.name));
      if (!(await this.coordinator.find())) continue;
      if (!(await this.#beat())) continue;
      if (!(await this.#take())) continue;
      await this.readNews();
      await this.mayStall();
      await this.commit();
    }
    await this.#leave();
  }
  /** As somebody new: what the one before may still have under way counts for nothing. */
  #begin(): void {
    const { group, owners } = this.o;
    owners.lost(group, this.memberId);
    this.memberId = `${this.client.name}-${this.#lives++}`;
    this.#epoch = 0;
    this.#target = [];
    this.letGo();
  }

  protected refused(errorCode: number | undefined): void {
    if (
      errorCode === ErrorCode.UNKNOWN_MEMBER_ID ||
      errorCode === ErrorCode.FENCED_MEMBER_EPOCH ||
      errorCode === ErrorCode.STALE_MEMBER_EPOCH
    ) {
      this.o.mark('assigned-member-fenced');
      this.#begin();
    } else this.coordinator.forget();
  }
  /** Only as somebody new one can tell. */
  protected async commitUnanswered(): Promise<void> {
    await this.#leave();
    this.coordinator.forget();
    this.#begin();
  }
  async #beat(): Promise<boolean> {
    const { client } = this;
    const { group, topics, owners, sessionMs, mark } = this.o;
    const isNew = this.#epoch === 0;
    const owned = isNew ? [] : [...this.positions.keys()];
    if (!isNew) owners.keeps(group, this.memberId, owned);
    const sentMs = client.nowMs;
    const by = this.coordinator.nodeId;
    const request = {
      groupId: group,
      memberId: this.memberId,
      memberEpoch: this.#epoch,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      subscribedTopicNames: topics.map(({ name }) => name),
      serverAssignor: 'uniform',
      topicPartitions: this.#wire(owned),
    };
    const answer = await client.ask(by, consumerGroupHeartbeat, 1, request, TIMEOUT_MS);
    if (answer?.errorCode !== ErrorCode.NONE) {
      // Whether a join was heard is not known; a member has its id for good, so it may say the same again.
      this.refused(answer?.errorCode);
      return false;
    }
    this.#epoch = answer.memberEpoch;
    if (answer.assignment !== null) this.#target = this.#keysOf(answer.assignment.topicPartitions);
    const partitions = [...new Set([...owned, ...this.#target])];
    const before = owners.assigned;
    const [target, rebalanceMs, nowMs] = [this.#target, REBALANCE_TIMEOUT_MS, client.nowMs];
    owners.owns(group, this.memberId, { partitions, target, by, sentMs, nowMs, sessionMs, rebalanceMs });
    if (owners.assigned > before) mark('partitions-assigned');
    return true;
  }
  #wire(keys: readonly string[]) {
    return byTopic(keys).map(({ name, partitions }) => ({ topicId: this.client.topicIdOf(name) ?? '', partitions }));
  }
  #keysOf(wire: readonly { readonly topicId: string; readonly partitions: readonly number[] }[]): string[] {
    return this.o.topics.flatMap(({ name }) => {
      const own = wire.filter(({ topicId }) => topicId === this.client.topicIdOf(name));
      return own.flatMap(({ partitions }) => partitions.map((i) => `${name}-${i}`));
    });
  }

  /** Commits and lets go of what is not wanted any more, finds out where what is new is read from. */
  async #take(): Promise<boolean> {
    const gone = [...this.positions.keys()].filter((key) => !this.#target.includes(key));
    if (gone.length > 0) {
      if (!(await this.commit())) return false;
      for (const key of gone) this.positions.delete(key);
    }
    const fresh = this.#target.filter((key) => !this.positions.has(key));
    return fresh.length === 0 || this.#locate(fresh);
  }
  async #locate(keys: readonly string[]): Promise<boolean> {
    const { group } = this.o;
    const sentMs = this.client.nowMs;
    const topics = byTopic(keys).map(({ name, partitions: partitionIndexes }) => ({ name, partitionIndexes }));
    const request = {
      groups: [{ groupId: group, memberId: this.memberId, memberEpoch: this.#epoch, topics }],
      requireStable: true,
    };
    const answer = await this.client.ask(
      this.coordinator.nodeId,
      offsetFetch,
      FETCH_OFFSETS_VERSION,
      request,
      TIMEOUT_MS,
    );
    const one = answer?.groups[0];
    if (one?.errorCode === ErrorCode.NONE) return this.readsFrom(one.topics, sentMs);
    this.refused(one?.errorCode);
    return false;
  }
  async #leave(): Promise<void> {
    const { group, owners } = this.o;
    owners.lost(group, this.memberId);
    const request = { groupId: group, memberId: this.memberId, memberEpoch: LEAVES };
    await this.client.ask(this.coordinator.nodeId, consumerGroupHeartbeat, 1, request, TIMEOUT_MS);
  }
}
