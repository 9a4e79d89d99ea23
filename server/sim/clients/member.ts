// A member of a classic consumer group: joins, is given partitions, reads them from where the group is, commits, and bears what
// clusters and rebalances do to it. Sometimes it thinks for longer than its session lasts and only then goes on, as real ones do.
import { consumerProtocolSubscription } from '../../protocol/consumer-protocol.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import { offsetFetch } from '../../protocol/schema/09-offset-fetch.ts';
import { joinGroup } from '../../protocol/schema/11-join-group.ts';
import { heartbeat } from '../../protocol/schema/12-heartbeat.ts';
import { leaveGroup } from '../../protocol/schema/13-leave-group.ts';
import { syncGroup } from '../../protocol/schema/14-sync-group.ts';
import { Writer } from '../../protocol/writer.ts';
import { byTopic } from '../place.ts';
import { GroupMember, type GroupMemberOptions, REBALANCE_TIMEOUT_MS, TIMEOUT_MS } from './group-member.ts';

interface Membership {
  readonly generation: number;
  readonly leaderId: string;
  readonly protocolName: string;
  readonly others: readonly string[];
}

export class Member extends GroupMember<GroupMemberOptions> {
  protected readonly commitVersion = 8;
  #membership: Membership | null = null;

  protected get generation(): number {
    return this.#membership?.generation ?? -1;
  }
  protected async work(): Promise<void> {
    const { client } = this;
    while (!client.isStopping) {
      await client.sleep(client.prng.between(10, 150));
      if (!(await this.coordinator.find())) continue;
      const joined = await this.#join();
      const owned = joined === null ? null : await this.#sync(joined);
      this.#membership = joined;
      if (owned !== null && (await this.#locate(owned))) await this.#consume();
    }
    if (this.memberId !== '') await this.#leave();
  }

  protected refused(errorCode: number | undefined): void {
    if (errorCode === ErrorCode.UNKNOWN_MEMBER_ID) {
      this.memberId = '';
      this.o.mark('member-expired');
    }
    const isElsewhere =
      errorCode === undefined ||
      errorCode === ErrorCode.NOT_COORDINATOR ||
      errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE;
    if (!isElsewhere) return;
    if (errorCode === ErrorCode.NOT_COORDINATOR) this.o.mark('coordinator-reloaded');
    this.coordinator.forget();
  }
  /** A new generation makes sure that it no longer can be. */
  protected async commitUnanswered(): Promise<void> {
    this.coordinator.forget();
  }

  async #join(): Promise<Membership | null> {
    const { group, sessionMs: sessionTimeoutMs, topics } = this.o;
    const writer = new Writer();
    writer.int16(0);
    consumerProtocolSubscription.write(writer, 0, { topics: topics.map(({ name }) => name) });
    const request = {
      groupId: group,
      sessionTimeoutMs,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
      memberId: this.memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: writer.toBuffer() }],
    };
    const timeoutMs = REBALANCE_TIMEOUT_MS + sessionTimeoutMs + TIMEOUT_MS;
    const answer = await this.client.ask(this.coordinator.nodeId, joinGroup, 7, request, timeoutMs);
    if (answer?.errorCode === ErrorCode.MEMBER_ID_REQUIRED) this.memberId = answer.memberId;
    else if (answer?.errorCode !== ErrorCode.NONE) this.refused(answer?.errorCode);
    if (answer?.errorCode !== ErrorCode.NONE) return null;
    this.memberId = answer.memberId;
    const others = answer.members.map(({ memberId }) => memberId).sort();
    return {
      generation: answer.generationId,
      leaderId: answer.leader,
      protocolName: answer.protocolName ?? '',
      others,
    };
  }
  /** The partitions that are ours, or null. */
  async #sync({ generation, leaderId, others }: Membership): Promise<string[] | null> {
    const { group, topics, groups, mark } = this.o;
    const all = topics.flatMap(({ name, partitions }) => Array.from({ length: partitions }, (_, i) => `${name}-${i}`));
    const shareOf = (i: number) => all.filter((_, j) => j % others.length === i);
    const isLeader = leaderId === this.memberId;
    const assignments = isLeader
      ? others.map((memberId, i) => ({ memberId, assignment: Buffer.from(JSON.stringify(shareOf(i))) }))
      : [];
    const request = {
      groupId: group,
      generationId: generation,
      memberId: this.memberId,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments,
    };
    const answer = await this.client.ask(
      this.coordinator.nodeId,
      syncGroup,
      5,
      request,
      REBALANCE_TIMEOUT_MS + TIMEOUT_MS,
    );
    if (answer?.errorCode !== ErrorCode.NONE) {
      this.refused(answer?.errorCode);
      return null;
    }
    const owned = answer.assignment.length === 0 ? [] : (JSON.parse(String(answer.assignment)) as string[]);
    const { nowMs } = this.client;
    groups.synced(group, { generation, leaderId, memberId: this.memberId, partitions: owned, nowMs });
    mark('rebalanced');
    return owned;
  }
  async #locate(owned: readonly string[]): Promise<boolean> {
    this.letGo();
    if (owned.length === 0) return true;
    const sentMs = this.client.nowMs;
    const topics = byTopic(owned).map(({ name, partitions: partitionIndexes }) => ({ name, partitionIndexes }));
    const request = { groupId: this.o.group, topics };
    const answer = await this.client.ask(this.coordinator.nodeId, offsetFetch, 7, request, TIMEOUT_MS);
    if (answer?.errorCode === ErrorCode.NONE) return this.readsFrom(answer.topics, sentMs);
    this.refused(answer?.errorCode);
    return false;
  }

  /** Reads and commits until the group moves on. */
  async #consume(): Promise<void> {
    const { client } = this;
    while (!client.isStopping && (await this.#beat())) {
      await this.readNews();
      await this.mayStall();
      if (!(await this.commit())) return;
      await client.sleep(Math.min(this.o.sessionMs / 5, client.prng.between(30, 300)));
    }
  }
  async #beat(): Promise<boolean> {
    const { memberId, generation: generationId } = this;
    const request = { groupId: this.o.group, generationId, memberId };
    const answer = await this.client.ask(this.coordinator.nodeId, heartbeat, 4, request, TIMEOUT_MS);
    if (answer?.errorCode === ErrorCode.NONE) return true;
    this.refused(answer?.errorCode);
    return false;
  }
  async #leave(): Promise<void> {
    const members = [{ memberId: this.memberId }];
    await this.client.ask(this.coordinator.nodeId, leaveGroup, 4, { groupId: this.o.group, members }, TIMEOUT_MS);
  }
}
