// One turn of a consumer group: what a verb may know, the records it writes, and the decision it comes to. The verb stays a pure
// function of (group, request, surroundings): it writes on a copy, by the same replay that carries the records out later.
import type { CoordinatorRecord } from '../../records.ts';
import type { Decision as ClassicDecision, GroupSettings, Release, TimerChange, TimerName } from '../classic/turn.ts';
import type { ConsumerGroup, ConsumerMember } from './group.ts';
import type { ConsumerRecord } from './records.ts';
import { copyGroup, replayOn } from './replay.ts';

export interface ConsumerSettings {
  readonly sessionTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  /** Members of one group. */
  readonly maxSize: number;
  /** Names of the assignors served; the first is the default. */
  readonly assignors: readonly string[];
  readonly canUpgrade: boolean;
  readonly canDowngrade: boolean;
  /** For what the group becomes when it is downgraded. */
  readonly classic: GroupSettings;
}

/** What the metadata image says of topics. */
export interface Topics {
  /** 0 when there is no such topic. */
  partitionsOf(name: string): number;
  /** ZERO_UUID when there is no such topic. */
  idOf(name: string): string;
  /** null when there is no such topic. */
  nameOf(topicId: string): string | null;
  names(): Iterable<string>;
  /** Grows with each change of topics or their number of partitions. */
  version(): number;
}

export interface Surroundings {
  /** Wall clock. */
  readonly nowMs: number;
  readonly settings: ConsumerSettings;
  readonly topics: Topics;
}

export interface ConsumerDecision<R> {
  readonly reply: R;
  readonly records: readonly CoordinatorRecord[];
  readonly timers: readonly TimerChange[];
  /** Answers to classic requests that were parked when the group was upgraded. */
  readonly releases: readonly Release[];
  /** What the classic group does once the records of a downgrade are replayed; null otherwise. */
  readonly afterDowngrade: ClassicDecision<unknown> | null;
  /** The version of the topics this was decided with, or null when they were not looked at. */
  readonly topicsVersion: number | null;
}

/** An outcome that ends the request: nothing of the turn is carried out. */
export class Refusal {
  readonly errorCode: number;
  readonly message: string;
  constructor(errorCode: number, message: string) {
    this.errorCode = errorCode;
    this.message = message;
  }
}

export class ConsumerTurn {
  readonly surroundings: Surroundings;
  readonly releases: Release[] = [];
  afterDowngrade: ClassicDecision<unknown> | null = null;
  topicsVersion: number | null = null;
  readonly #records: CoordinatorRecord[] = [];
  readonly #timers: TimerChange[] = [];
  #group: ConsumerGroup;
  #isCopy = false;

  constructor(group: ConsumerGroup, surroundings: Surroundings) {
    this.#group = group;
    this.surroundings = surroundings;
  }

  /** With everything written so far. */
  get group(): ConsumerGroup {
    return this.#group;
  }

  write(record: ConsumerRecord): void {
    if (!this.#isCopy) {
      this.#group = copyGroup(this.#group);
      this.#isCopy = true;
    }
    replayOn(this.#group, record);
    this.#records.push(record);
  }

  /** A record that is none of this group's state: the end of a classic group, or of this one. */
  writeOther(record: CoordinatorRecord): void {
    this.#records.push(record);
  }

  setTimer(name: TimerName, delayMs: number | null): void {
    this.#timers.push({ name, delayMs });
  }

  end<R>(reply: R): ConsumerDecision<R> {
    return {
      reply,
      records: this.#records,
      timers: this.#timers,
      releases: this.releases,
      afterDowngrade: this.afterDowngrade,
      topicsVersion: this.topicsVersion,
    };
  }
}

export function refuseTurn<R>(reply: R): ConsumerDecision<R> {
  return { reply, records: [], timers: [], releases: [], afterDowngrade: null, topicsVersion: null };
}

/** The member lives: its session begins anew. */
export function restartMemberSession(turn: ConsumerTurn, member: ConsumerMember): void {
  const sessionTimeoutMs = member.classic?.sessionTimeoutMs ?? turn.surroundings.settings.sessionTimeoutMs;
  turn.setTimer(`session ${member.memberId}`, sessionTimeoutMs);
}

export function cancelMemberTimers(turn: ConsumerTurn, memberId: string): void {
  for (const what of ['session', 'rebalance', 'join', 'sync'] as const) turn.setTimer(`${what} ${memberId}`, null);
}
