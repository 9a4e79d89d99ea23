// One reassignment on its way: which partitions wait, move, are done or failed, and how many bytes were copied. Pure: it is told
// what the cluster says and what was sent, and says what to send next. Held by reassignments.ts.
import { type Place, partitionKey } from '../../../client/places.ts';
import type { OngoingReassignment } from '../../../client/reassignment-apis.ts';
import {
  REASSIGN_AT_ONCE,
  type ReassignMove,
  type ReassignMoveState,
  type ReassignProgressRow,
  type ReassignRequest,
  type ReassignRun,
} from '../../../live/contract.ts';
import { ChangeWindow } from '../../model/rates.ts';
import { isSame } from '../planning/layout.ts';
import type { Plan } from '../planning/plan.ts';

/** The controller's list and a broker's metadata differ for a moment; after this long what metadata says is the end. */
const SETTLE_MS = 10_000;
/** How fast bytes are copied is told over this time, and from this much on. */
const RATE_WINDOW_MS = { most: 10_000, least: 1_500 } as const;
const MAX_WARNINGS = 20;

export interface RunMove {
  readonly topic: string;
  readonly partition: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly leaderBefore: number | null;
  readonly leaderAfter: number | null;
  /** Brokers that get a replica they did not have. */
  readonly adding: readonly number[];
  bytes: number | null;
  copiedBytes: number | null;
  state: ReassignMoveState;
  note: string | null;
  missingSinceMs: number | null;
}

/** What metadata says of a partition; null: the topic or partition is gone. */
export type ReplicasOf = (topic: string, partition: number) => readonly number[] | null;

export class Run {
  readonly request: ReassignRequest | null;
  readonly moves: RunMove[];
  readonly elections: readonly Place[];
  readonly startedAtMs: number;
  readonly warnings = new Set<string>();
  throttleBytesPerSecond: number | null;
  state: ReassignRun['state'] = 'running';
  endedAtMs: number | null = null;
  readonly #rate = new ChangeWindow(RATE_WINDOW_MS.most, RATE_WINDOW_MS.least);

  constructor(plan: Plan | null, throttleBytesPerSecond: number | null, nowMs: number) {
    this.request = plan?.request ?? null;
    this.moves = (plan?.moves ?? []).map(toRunMove);
    this.elections = plan?.elections ?? [];
    this.throttleBytesPerSecond = throttleBytesPerSecond;
    this.startedAtMs = nowMs;
  }

  get isActive(): boolean {
    return this.endedAtMs === null;
  }

  moving(): readonly RunMove[] {
    return this.moves.filter(({ state }) => state === 'moving');
  }

  hasWaiting(): boolean {
    return this.moves.some(({ state }) => state === 'waiting');
  }

  /** What is forgotten when this ends now, for the log; null when nothing is. */
  leftUndone(): string | null {
    const waiting = this.moves.filter(({ state }) => state === 'waiting').length;
    if (!this.isActive || this.request === null || waiting === 0) return null;
    return `${waiting} of ${this.moves.length} partitions of the reassignment (${this.request.kind}) had not been handed to the cluster and stay where they are: plan the same again`;
  }

  /** The next to hand to the controller, in the order of the plan. */
  nextBatch(): readonly RunMove[] {
    if (this.state !== 'running') return [];
    const room = REASSIGN_AT_ONCE - this.moving().length;
    return this.moves.filter(({ state }) => state === 'waiting').slice(0, Math.max(0, room));
  }

  /** True when nothing waits and nothing moves. */
  hasSettled(): boolean {
    return this.moves.every(({ state }) => state !== 'waiting' && state !== 'moving');
  }

  /** Takes in what the controller has under way and what metadata says. Partitions under way that are not known are added. */
  observe(ongoing: readonly OngoingReassignment[], replicasOf: ReplicasOf, nowMs: number): void {
    const underWay = new Map(ongoing.map((each) => [partitionKey(each.topic, each.partition), each]));
    for (const move of this.moves) {
      const key = partitionKey(move.topic, move.partition);
      const isUnderWay = underWay.delete(key);
      if (move.state !== 'moving') continue;
      if (isUnderWay) move.missingSinceMs = null;
      else this.#settle(move, replicasOf(move.topic, move.partition), nowMs);
    }
    for (const each of underWay.values()) this.moves.push(foundMove(each));
  }

  /** Sizes of the replicas of a moving partition by broker, as the brokers say. */
  measure(move: RunMove, leaderBytes: number | null, bytesOn: (broker: number) => number | null): void {
    if (leaderBytes === null) return;
    move.bytes = leaderBytes * move.adding.length;
    move.copiedBytes = move.adding.reduce((sum, broker) => sum + Math.min(bytesOn(broker) ?? 0, leaderBytes), 0);
  }

  noteRate(nowMs: number): void {
    this.#rate.push(nowMs, this.#copiedBytes());
  }

  warn(sentence: string): void {
    if (this.warnings.size < MAX_WARNINGS) this.warnings.add(sentence);
  }

  fail(move: RunMove, note: string): void {
    move.state = 'failed';
    move.note = note;
  }

  summary(replicasLeft: number | null): ReassignRun {
    const counts = { waiting: 0, moving: 0, done: 0, failed: 0, cancelled: 0 };
    let bytes = 0;
    for (const move of this.moves) {
      counts[move.state] += 1;
      if (move.state !== 'cancelled' && move.state !== 'failed') bytes += move.bytes ?? 0;
    }
    const copiedBytes = this.#copiedBytes();
    const bytesPerSecond = this.isActive ? this.#rateNow() : this.#meanRate(copiedBytes);
    return {
      request: this.request,
      state: this.state,
      startedAtMs: this.startedAtMs,
      endedAtMs: this.endedAtMs,
      counts,
      bytes,
      copiedBytes,
      bytesPerSecond,
      secondsLeft: this.isActive ? secondsLeft(bytes - copiedBytes, bytesPerSecond) : null,
      throttleBytesPerSecond: this.throttleBytesPerSecond,
      elections: this.elections.length,
      warnings: [...this.warnings],
      replicasLeft,
    };
  }

  #settle(move: RunMove, replicas: readonly number[] | null, nowMs: number): void {
    if (replicas === null) {
      this.fail(move, 'The topic was deleted.');
      return;
    }
    if (isSame(replicas, move.to)) {
      move.state = 'done';
      move.note = null;
      move.copiedBytes = move.bytes;
      return;
    }
    move.missingSinceMs ??= nowMs;
    if (nowMs - move.missingSinceMs < SETTLE_MS) return;
    if (isSame(replicas, move.from)) {
      move.state = 'cancelled';
      move.note = 'Somebody else put it back.';
      return;
    }
    this.fail(move, `Somebody else moved it: its replicas are on ${replicas.join(', ')} now.`);
  }

  #copiedBytes(): number {
    let sum = 0;
    for (const { state, copiedBytes } of this.moves)
      if (state !== 'cancelled' && state !== 'failed') sum += copiedBytes ?? 0;
    return sum;
  }

  /** Never negative: what was put back is no copying. */
  #rateNow(): number | null {
    const perSecond = this.#rate.perSecond();
    return perSecond === null ? null : Math.max(0, Math.round(perSecond));
  }

  #meanRate(copiedBytes: number): number | null {
    const tookMs = (this.endedAtMs ?? this.startedAtMs) - this.startedAtMs;
    return tookMs <= 0 || copiedBytes === 0 ? null : Math.round((copiedBytes * 1000) / tookMs);
  }
}

export function progressRow(move: RunMove): ReassignProgressRow {
  const { topic, partition, from, to, leaderBefore, leaderAfter, bytes, state, copiedBytes, note } = move;
  return { topic, partition, from, to, leaderBefore, leaderAfter, bytes, state, copiedBytes, note };
}

function toRunMove(move: ReassignMove): RunMove {
  return {
    ...move,
    adding: move.to.filter((id) => !move.from.includes(id)),
    copiedBytes: null,
    state: 'waiting',
    note: null,
    missingSinceMs: null,
  };
}

/** A reassignment that somebody else began. */
function foundMove({ topic, partition, replicas, adding, removing }: OngoingReassignment): RunMove {
  return {
    topic,
    partition,
    from: replicas.filter((id) => !adding.includes(id)),
    to: replicas.filter((id) => !removing.includes(id)),
    leaderBefore: null,
    leaderAfter: null,
    adding,
    bytes: null,
    copiedBytes: null,
    state: 'moving',
    note: null,
    missingSinceMs: null,
  };
}

function secondsLeft(bytes: number, bytesPerSecond: number | null): number | null {
  if (bytes <= 0) return 0;
  return bytesPerSecond === null || bytesPerSecond <= 0 ? null : Math.ceil(bytes / bytesPerSecond);
}
