// One shard of the coordinator: the groups of one partition of __consumer_offsets. Carries out what the verbs decided, always in
// this order: append the records, replay them, set the timers, park the replies until the log has committed. The verbs decide;
// nothing here knows what a member or an offset means.

import { DecodeError } from '../../kernel/decode-error.ts';
import type { CancelTimer, World } from '../../kernel/world.ts';
import { ErrorCode } from '../../protocol/errors.ts';
import type { NewMarker } from '../../protocol/records/marker.ts';
import type { NewRecord } from '../../protocol/records/record.ts';
import type { ClassicGroup, Ticket } from './group/classic/group.ts';
import { emptyGroup, isUnused } from './group/classic/group.ts';
import type { Decision, TimerChange, TimerName } from './group/classic/turn.ts';
import type { ConsumerGroup } from './group/consumer/group.ts';
import type { ConsumerDecision } from './group/consumer/turn.ts';
import type { CoordinatorRecord } from './records.ts';
import { decodeRecord, encodeRecord } from './records.ts';
import type { ShardState } from './state.ts';
import { emptyState, endTransaction, groupRecord, replay } from './state.ts';
import type { CoordinatorStore, StoredRecord, TransactionalProducer } from './store.ts';

/** Records of one batch stay well below the smallest usual max.message.bytes. */
const MAX_BATCH_BYTES = 512 * 1024;
const RECORD_OVERHEAD_BYTES = 32;
const RETRY_MS = 1000;

export interface ShardOptions {
  readonly world: World;
  readonly store: CoordinatorStore;
  readonly partition: number;
  /** How long a reply waits for its records to be committed. */
  readonly commitTimeoutMs: () => number;
  /** What a group's timer does when it runs out. */
  readonly onTimer: (group: ClassicGroup, name: TimerName) => Decision<never>;
  /** The same for a group of the consumer protocol. */
  readonly onConsumerTimer: (group: ConsumerGroup, name: TimerName) => ConsumerDecision<null>;
  /** Once, when all records are replayed. */
  readonly onLoaded: (shard: Shard) => void;
}

interface Waiting {
  /** What the request is answered with when the log refuses or is lost. */
  readonly fail: (errorCode: number) => void;
  readonly answer: (reply: unknown) => void;
}

export class Shard {
  readonly partition: number;
  readonly #options: ShardOptions;
  #state: ShardState = emptyState();
  #status: 'loading' | 'active' | 'closed' = 'loading';
  #lastOffset = -1;
  #nextTicket: Ticket = 1;
  readonly #waiting = new Map<Ticket, Waiting>();
  readonly #timers = new Map<string, Map<TimerName, CancelTimer>>();
  readonly #ownTimers = new Map<string, CancelTimer>();

  constructor(options: ShardOptions) {
    this.#options = options;
    this.partition = options.partition;
  }

  get state(): ShardState {
    return this.#state;
  }
  get isActive(): boolean {
    return this.#status === 'active';
  }

  /** Replays the log, trying again each second while it cannot be read. */
  async load(): Promise<void> {
    const { world, store, partition, onLoaded } = this.#options;
    this.#state = emptyState();
    try {
      await store.replay(
        partition,
        (record) => {
          if (this.#status !== 'loading') return;
          this.#replayStored(record);
          // What was loaded may not be committed yet: no reply tells of it before it is.
          this.#lastOffset = record.offset;
        },
        (producerId, { isCommit }) => {
          if (this.#status === 'loading') endTransaction(this.#state, producerId, isCommit);
        },
      );
    } catch (error) {
      if (this.#status !== 'loading') return;
      world.log.error(`__consumer_offsets-${partition} cannot be loaded: ${String(error)}`);
      this.setOwnTimer('load', RETRY_MS, () => void this.load());
      return;
    }
    if (this.#status !== 'loading') return;
    this.#status = 'active';
    onLoaded(this);
  }

  #replayStored(record: StoredRecord): void {
    try {
      const decoded = decodeRecord(record.key, record.value);
      if (decoded !== null) replay(this.#state, decoded, record.producerId);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const place = `__consumer_offsets-${this.partition} offset ${record.offset}`;
      this.#options.world.log.error(`${place} is left out, its record is broken: ${error.message}`);
    }
  }

  /** Drops everything; parked requests are answered NOT_COORDINATOR. */
  close(): void {
    this.#status = 'closed';
    for (const timers of this.#timers.values()) for (const cancel of timers.values()) cancel();
    for (const cancel of this.#ownTimers.values()) cancel();
    this.#timers.clear();
    this.#ownTimers.clear();
    const parked = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { fail } of parked) fail(ErrorCode.NOT_COORDINATOR);
    this.#state = emptyState();
  }

  /**
   * A group request that may write or wait. `decide` gets the group (a fresh one if there is none) and its ticket. The promise
   * settles when the reply is there and every record before it is committed; `failed` words a refusal by the log.
   */
  ask<R>(
    groupId: string,
    decide: (group: ClassicGroup, ticket: Ticket) => Decision<R>,
    failed: (errorCode: number) => R,
  ): Promise<R> {
    return new Promise((resolve) => {
      const ticket = this.#park(resolve as (reply: unknown) => void, (code) => resolve(failed(code)));
      const current = this.#state.groups.get(groupId) ?? emptyGroup(groupId, this.#options.world.clock.nowMs());
      const decision = decide(current, ticket);
      const errorCode = this.apply(current, decision);
      if (errorCode !== ErrorCode.NONE) this.#take(ticket)?.fail(errorCode);
      else if (decision.reply !== null) this.#answerWhenCommitted(ticket, decision.reply);
    });
  }

  /** A request to a group of the consumer protocol, or that makes it one: settles when its records are committed. */
  askConsumer<R>(
    groupId: string,
    decide: (ticket: Ticket) => ConsumerDecision<R>,
    failed: (errorCode: number) => R,
  ): Promise<R> {
    return new Promise((resolve) => {
      const ticket = this.#park(resolve as (reply: unknown) => void, (code) => resolve(failed(code)));
      const decision = decide(ticket);
      const errorCode = this.applyConsumer(groupId, decision);
      if (errorCode !== ErrorCode.NONE) this.#take(ticket)?.fail(errorCode);
      else this.#answerWhenCommitted(ticket, decision.reply);
    });
  }

  /** Carries a decision out. Not NONE: the log refused the records, nothing has changed. */
  applyConsumer(groupId: string, decision: ConsumerDecision<unknown>): number {
    const errorCode = this.append(decision.records);
    if (errorCode !== ErrorCode.NONE) return errorCode;
    const group = this.#state.consumers.get(groupId);
    if (group !== undefined && decision.topicsVersion !== null) group.checkedTopicsVersion = decision.topicsVersion;
    for (const change of decision.timers) this.#setTimer(groupId, change);
    for (const { ticket, reply } of decision.releases) this.#answerWhenCommitted(ticket, reply);
    const classic = this.#state.groups.get(groupId);
    if (decision.afterDowngrade !== null && classic !== undefined) this.apply(classic, decision.afterDowngrade);
    return ErrorCode.NONE;
  }

  /** Whether the group's timer of that name runs. */
  hasTimer(groupId: string, name: TimerName): boolean {
    return this.#timers.get(groupId)?.has(name) === true;
  }

  /** Resolves with `reply()` once all that was appended so far is committed. */
  whenCommitted<R>(reply: () => R, failed: (errorCode: number) => R): Promise<R> {
    return new Promise((resolve) => {
      const answer = () => resolve(reply());
      this.#answerWhenCommitted(
        this.#park(answer, (code) => resolve(failed(code))),
        null,
      );
    });
  }

  /** Carries a decision out. Not NONE: the log refused its record, nothing has changed. */
  apply(current: ClassicGroup, decision: Decision<unknown>): number {
    const { group } = decision;
    if (decision.isRecorded) {
      const errorCode = this.append([groupRecord(group)]);
      if (errorCode !== ErrorCode.NONE) return errorCode;
    }
    // The record brought back what it holds; the decided group is the same with what no record holds.
    if (group !== current) this.#keep(group);
    for (const change of decision.timers) this.#setTimer(group.groupId, change);
    for (const { ticket, reply } of decision.releases) this.#answerWhenCommitted(ticket, reply);
    return ErrorCode.NONE;
  }

  #keep(group: ClassicGroup): void {
    const { groups, offsets } = this.#state;
    if (!isUnused(group) || offsets.has(group.groupId)) groups.set(group.groupId, group);
    else {
      groups.delete(group.groupId);
      this.#cancelTimers(group.groupId);
    }
  }

  /** Appends in batches, each all or nothing, and replays what is in the log. The error code of the first batch that was refused. */
  append(records: readonly CoordinatorRecord[], producer?: TransactionalProducer): number {
    const { store, world, partition } = this.#options;
    const timestampMs = world.clock.nowMs();
    for (const batch of batches(records, timestampMs)) {
      const outcome = store.append(partition, batch.encoded, producer);
      if ('errorCode' in outcome) return outcome.errorCode;
      this.#lastOffset = outcome.lastOffset;
      for (const record of batch.records) {
        replay(this.#state, record, producer?.producerId);
        if (endsGroup(record)) this.#cancelTimers(record.groupId);
      }
    }
    return ErrorCode.NONE;
  }

  /** Ends a producer's transaction by its marker: NONE or why the log refused it. */
  endTransaction(marker: Omit<NewMarker, 'timestampMs'>, transactionVersion: number): number {
    const outcome = this.#options.store.appendMarker(this.partition, marker, transactionVersion);
    if ('errorCode' in outcome) return outcome.errorCode;
    this.#lastOffset = Math.max(this.#lastOffset, outcome.lastOffset);
    endTransaction(this.#state, marker.producerId, marker.isCommit);
    return ErrorCode.NONE;
  }

  // ------------------------------------------------------------------------------------------------------------- replies

  #park(answer: (reply: unknown) => void, fail: (errorCode: number) => void): Ticket {
    const ticket = this.#nextTicket++;
    this.#waiting.set(ticket, { answer, fail });
    return ticket;
  }

  #take(ticket: Ticket): Waiting | undefined {
    const waiting = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    return waiting;
  }

  #answerWhenCommitted(ticket: Ticket, reply: unknown): void {
    const { store, partition, world, commitTimeoutMs } = this.#options;
    if (this.#lastOffset < 0) {
      this.#take(ticket)?.answer(reply);
      return;
    }
    let isSettled = false;
    let cancel: CancelTimer | null = null;
    const settle = (errorCode: number): void => {
      isSettled = true;
      cancel?.();
      const waiting = this.#take(ticket);
      if (errorCode === ErrorCode.NONE) waiting?.answer(reply);
      else waiting?.fail(errorCode);
    };
    store.whenCommitted(partition, this.#lastOffset, settle);
    if (!isSettled) cancel = world.timers.after(commitTimeoutMs(), () => settle(ErrorCode.REQUEST_TIMED_OUT));
  }

  // -------------------------------------------------------------------------------------------------------------- timers

  #setTimer(groupId: string, { name, delayMs }: TimerChange): void {
    let timers = this.#timers.get(groupId);
    timers?.get(name)?.();
    if (delayMs === null) {
      timers?.delete(name);
      if (timers?.size === 0) this.#timers.delete(groupId);
      return;
    }
    if (timers === undefined) {
      timers = new Map();
      this.#timers.set(groupId, timers);
    }
    timers.set(
      name,
      this.#options.world.timers.after(delayMs, () => this.#runTimer(groupId, name)),
    );
  }

  #runTimer(groupId: string, name: TimerName): void {
    this.#setTimer(groupId, { name, delayMs: null });
    const group = this.#state.groups.get(groupId);
    const consumers = this.#state.consumers.get(groupId);
    let errorCode: number = ErrorCode.NONE;
    if (group !== undefined) errorCode = this.apply(group, this.#options.onTimer(group, name));
    else if (consumers !== undefined) {
      errorCode = this.applyConsumer(groupId, this.#options.onConsumerTimer(consumers, name));
    }
    // Nothing has changed: what is due stays due.
    if (errorCode !== ErrorCode.NONE) this.#setTimer(groupId, { name, delayMs: RETRY_MS });
  }

  #cancelTimers(groupId: string): void {
    for (const cancel of this.#timers.get(groupId)?.values() ?? []) cancel();
    this.#timers.delete(groupId);
  }

  /** A timer of the shard itself; setting it again replaces it, closing cancels it. */
  setOwnTimer(name: string, delayMs: number, run: () => void): void {
    this.#ownTimers.get(name)?.();
    this.#ownTimers.set(name, this.#options.world.timers.after(delayMs, run));
  }
}

function endsGroup(record: CoordinatorRecord): boolean {
  if (record.kind === 'group') return record.metadata === null;
  return record.kind === 'consumerGroup' && record.value === null;
}

function* batches(
  records: readonly CoordinatorRecord[],
  timestampMs: number,
): Generator<{ readonly records: CoordinatorRecord[]; readonly encoded: NewRecord[] }> {
  let batch: { records: CoordinatorRecord[]; encoded: NewRecord[] } = { records: [], encoded: [] };
  let sizeBytes = 0;
  for (const record of records) {
    const encoded = encodeRecord(record, timestampMs);
    const recordBytes = (encoded.key?.length ?? 0) + (encoded.value?.length ?? 0) + RECORD_OVERHEAD_BYTES;
    if (batch.records.length > 0 && sizeBytes + recordBytes > MAX_BATCH_BYTES) {
      yield batch;
      batch = { records: [], encoded: [] };
      sizeBytes = 0;
    }
    batch.records.push(record);
    batch.encoded.push(encoded);
    sizeBytes += recordBytes;
  }
  if (batch.records.length > 0) yield batch;
}
