// What members of both kinds of groups do alike: read what they are given from where the group is, think for too long now and then,
// commit. What they are given, and what a refusal means, is for member.ts and assigned-member.ts to say.
import { ErrorCode } from '../../protocol/errors.ts';
import { offsetCommit } from '../../protocol/schema/08-offset-commit.ts';
import type { Groups } from '../checkers/clients/groups.ts';
import { Violation } from '../checkers/violation.ts';
import type { MarkName } from '../marks.ts';
import { byTopic, keyOf, type Place, placeOf } from '../place.ts';
import type { ClientOptions, KnownPartition } from './client.ts';
import { ClientLoop } from './client-loop.ts';
import { Coordinator, GROUP_KEY } from './coordinator.ts';
import { fetchFromLeader, recordsIn } from './reader.ts';

export interface GroupMemberOptions extends ClientOptions {
  readonly group: string;
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  readonly sessionMs: number;
  readonly stallShare: number;
  readonly groups: Groups;
  /** Whether the broker leads the partition in that epoch, by the metadata as it stands. */
  isLeader(place: Place, known: KnownPartition): boolean;
  mark(name: MarkName): void;
}
/** Topics of an answer to OffsetFetch. */
export type FetchedTopics = readonly {
  readonly name: string;
  readonly partitions: readonly {
    readonly partitionIndex: number;
    readonly committedOffset: number | bigint;
    readonly errorCode: number;
  }[];
}[];

export const TIMEOUT_MS = 3000;
export const REBALANCE_TIMEOUT_MS = 4000;
const COMMIT_TIMEOUT_MS = 6000;
const FETCHES_AT_ONCE = 6;

export abstract class GroupMember<O extends GroupMemberOptions> extends ClientLoop<O> {
  /** How often it thinks for too long, per commit. */
  stallShare: number;
  protected readonly coordinator: Coordinator;
  protected memberId = '';
  /** Where each partition that is ours is read next; who was read longest ago comes first. */
  protected readonly positions = new Map<string, number>();
  readonly #committed = new Map<string, number>();
  protected abstract readonly commitVersion: number;

  constructor(options: O) {
    super(options);
    this.stallShare = options.stallShare;
    this.coordinator = new Coordinator(this.client, GROUP_KEY, options.group);
  }

  get group(): string {
    return this.o.group;
  }
  /** The generation, or the member's epoch. */
  protected abstract get generation(): number;
  /** What a refusal means for who we are and whom to ask; undefined: there was no answer. */
  protected abstract refused(errorCode: number | undefined): void;
  /** A commit was not answered: it may still be carried out. */
  protected abstract commitUnanswered(): Promise<void>;

  /** Nothing is ours. */
  protected letGo(): void {
    this.positions.clear();
    this.#committed.clear();
  }
  /** The answer to where the group is, asked at `sentMs`: reads on from there. False when it does not say. */
  protected readsFrom(topics: FetchedTopics, sentMs: number): boolean {
    const { group, groups } = this.o;
    for (const { name: topic, partitions } of topics) {
      for (const { partitionIndex: partition, committedOffset: told, errorCode } of partitions) {
        if (errorCode !== ErrorCode.NONE) return false;
        const committedOffset = Number(told);
        const key = keyOf({ topic, partition });
        groups.fetched(group, key, { offset: committedOffset, sentMs });
        this.positions.set(key, Math.max(0, committedOffset));
        this.#committed.set(key, Math.max(0, committedOffset));
      }
    }
    return true;
  }

  /** Not for so long that its session would be over. */
  protected async readNews(): Promise<void> {
    const endMs = this.client.nowMs + this.o.sessionMs / 3;
    for (const key of [...this.positions.keys()]) {
      if (this.client.nowMs >= endMs) return;
      for (let i = 0; i < FETCHES_AT_ONCE && (await this.#fetch(key)); i++);
    }
  }
  /** Whether there were records. */
  async #fetch(key: string): Promise<boolean> {
    const { client, positions } = this;
    const { groups, isLeader, mark } = this.o;
    const place = placeOf(key);
    const position = positions.get(key) ?? 0;
    positions.delete(key);
    positions.set(key, position);
    const { known, one } = await fetchFromLeader(client, place, { offset: position, maxWaitMs: 20 });
    if (one?.errorCode === ErrorCode.FENCED_LEADER_EPOCH) mark('epoch-fenced');
    // One that led once may not have what those have who lead now.
    if (one?.errorCode === ErrorCode.OFFSET_OUT_OF_RANGE && isLeader(place, known)) {
      throw new Violation(11, `${client.name}: ${key} has nothing at ${position}, where records were read before`);
    }
    if (one?.errorCode !== ErrorCode.NONE) return false;
    let next = position;
    for (const { offset, value } of recordsIn(client, one.records, position)) {
      groups.read(client.name, key, { position: next, offset, value });
      if (offset >= one.highWatermark)
        throw new Violation(11, `${client.name}: ${key} gave ${offset}, not committed yet`);
      next = offset + 1;
    }
    positions.set(key, next);
    return next > position;
  }

  #uncommitted(): Map<string, number> {
    return new Map([...this.positions].filter(([key, offset]) => this.#committed.get(key) !== offset));
  }
  /** As real ones do, it thinks for longer than its session lasts and only then goes on. */
  protected async mayStall(): Promise<void> {
    const { client } = this;
    if (this.#uncommitted().size > 0 && client.prng.chance(this.stallShare)) await client.sleep(this.o.sessionMs * 1.5);
  }
  /** What was read since the last one; false when some of it was not taken. */
  protected async commit(): Promise<boolean> {
    const { client, memberId, generation } = this;
    const { group: groupId, groups } = this.o;
    const offsets = this.#uncommitted();
    if (offsets.size === 0) return true;
    const topics = byTopic(offsets.keys()).map(({ name: topic, partitions }) => ({
      name: topic,
      partitions: partitions.map((partition) => ({
        partitionIndex: partition,
        committedOffset: offsets.get(keyOf({ topic, partition })) ?? 0,
        committedMetadata: null,
      })),
    }));
    const sentMs = client.nowMs;
    const request = { groupId, generationIdOrMemberEpoch: generation, memberId, topics };
    const { nodeId } = this.coordinator;
    const answer = await client.ask(nodeId, offsetCommit, this.commitVersion, request, COMMIT_TIMEOUT_MS);
    if (answer === null) {
      await this.commitUnanswered();
      return false;
    }
    let refusal: number = ErrorCode.NONE;
    for (const { name: topic, partitions } of answer.topics) {
      for (const { partitionIndex: partition, errorCode } of partitions) {
        const key = keyOf({ topic, partition });
        const offset = offsets.get(key) ?? 0;
        if (errorCode !== ErrorCode.NONE) {
          refusal = errorCode;
          continue;
        }
        groups.committed(groupId, { generation, memberId, partition: key, offset, sentMs, nowMs: client.nowMs });
        this.#committed.set(key, offset);
      }
    }
    if (refusal !== ErrorCode.NONE) this.refused(refusal);
    return refusal === ErrorCode.NONE;
  }
}
