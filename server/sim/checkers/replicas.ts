// What each live broker believes of its replicas, looked at after every event of that broker. Invariants 1 (one leader per epoch),
// 2 (epochs), 3 (start ≤ high watermark ≤ end), 4 and 5 (committed stays), 6 (who is in sync has what is committed).
import type { Replica } from '../../engine/broker/replica.ts';
import type { MarkName } from '../marks.ts';
import type { IsCleaned } from '../options.ts';
import type { Committed } from './committed.ts';
import type { NodeLogs, SeenLog } from './logs.ts';
import type { Canon } from './metadata.ts';
import { holds } from './violation.ts';

interface Seen {
  /** One that was moved away and comes back is another one. */
  readonly replica: Replica;
  leaderEpoch: number;
  isLeader: boolean;
  highWatermark: number;
  endOffset: number;
  inSync: readonly number[];
  /** Where it was cut last; −1: it was not. */
  cutAt: number;
}
export interface WatchedBroker {
  readonly id: number;
  readonly name: string;
  readonly logs: NodeLogs;
  replicas(): Iterable<Replica>;
}
export interface ReplicaWatchOptions {
  readonly canon: Canon;
  readonly committed: Committed;
  readonly isCleaned: IsCleaned;
  logsOf(brokerId: number): NodeLogs | undefined;
  /** The broker lost written records and has not registered since: it may lack what it had. */
  isExcused(brokerId: number): boolean;
  mark(name: MarkName): void;
  trace(node: string, what: string, text: string): void;
}

export class ReplicaWatch {
  readonly #options: ReplicaWatchOptions;
  /** Of the process that runs now; a new one begins anew. */
  readonly #seen = new Map<string, Map<string, Seen>>();
  readonly #leaders = new Map<string, number>();
  #hasRested = false;

  constructor(options: ReplicaWatchOptions) {
    this.#options = options;
  }
  forget(name: string): void {
    this.#seen.delete(name);
  }

  look(broker: WatchedBroker): void {
    let seen = this.#seen.get(broker.name);
    if (seen === undefined) {
      seen = new Map();
      this.#seen.set(broker.name, seen);
    }
    for (const replica of broker.replicas()) {
      if (replica.resting.size > 0 && !this.#hasRested) {
        this.#hasRested = true;
        this.#options.mark('follower-rested');
      }
      const key = `${replica.topicId}-${replica.partition}`;
      const known = seen.get(key);
      const before = known?.replica === replica ? known : undefined;
      const { leadership, leaderEpoch, highWatermark } = replica;
      const { endOffset } = replica.log;
      const inSync = leadership?.inSyncReplicas ?? NOBODY;
      if (
        before !== undefined &&
        before.highWatermark === highWatermark &&
        before.endOffset === endOffset &&
        before.leaderEpoch === leaderEpoch &&
        before.inSync === inSync &&
        before.isLeader === (leadership !== null)
      ) {
        continue;
      }
      const cutAt = before !== undefined && endOffset < before.endOffset ? endOffset : (before?.cutAt ?? -1);
      const now = { replica, leaderEpoch, isLeader: leadership !== null, highWatermark, endOffset, inSync, cutAt };
      seen.set(key, now);
      this.#changed(broker, replica, before, now);
    }
  }

  #changed(broker: WatchedBroker, replica: Replica, before: Seen | undefined, now: Seen): void {
    const partition = `${replica.topic}-${replica.partition}`;
    const place = `${partition} on ${broker.name}`;
    const log = broker.logs.get(partition);
    if (log === undefined) return;
    this.#tell(broker, partition, before, now);
    const { startOffset } = replica.log;
    holds(
      3,
      startOffset <= now.highWatermark && now.highWatermark <= now.endOffset,
      () => `${place}: start ${startOffset}, high watermark ${now.highWatermark}, end ${now.endOffset}`,
    );
    // Cut where the cleaner took records out, a log ends at the cut, which no byte of it says before the next append.
    const isBare = this.#options.isCleaned(partition) && now.cutAt === now.endOffset && log.endOffset < now.endOffset;
    holds(
      3,
      log.endOffset === now.endOffset || isBare,
      () => `${place} ends at ${now.endOffset}, on disk at ${log.endOffset}`,
    );
    if (before !== undefined) this.#checkBefore(place, before, now);
    if (now.isLeader) this.#checkLeader(broker, replica, partition, now);
    const from = before === undefined ? 0 : before.highWatermark;
    if (now.highWatermark > from && !this.#options.isCleaned(partition)) {
      this.#options.committed.shown(broker.name, partition, log, { from, upTo: now.highWatermark });
    }
  }
  #checkBefore(place: string, before: Seen, now: Seen): void {
    holds(
      2,
      now.leaderEpoch >= before.leaderEpoch,
      () => `${place}: leader epoch went from ${before.leaderEpoch} back to ${now.leaderEpoch}`,
    );
    holds(
      now.endOffset < before.highWatermark ? 4 : 5,
      now.highWatermark >= before.highWatermark,
      () =>
        `${place}: high watermark went from ${before.highWatermark} back to ${now.highWatermark}, end ${before.endOffset} → ${now.endOffset}`,
    );
    if (now.endOffset < before.endOffset) this.#options.mark('follower-truncated');
  }
  #checkLeader(broker: WatchedBroker, replica: Replica, partition: string, now: Seen): void {
    const key = `${replica.topicId}-${replica.partition}:${now.leaderEpoch}`;
    const other = this.#leaders.get(key) ?? broker.id;
    holds(
      1,
      other === broker.id,
      () => `${partition}: brokers ${other} and ${broker.id} lead epoch ${now.leaderEpoch}`,
    );
    this.#leaders.set(key, broker.id);
    this.checkInSync(broker.id, replica);
  }
  /** 6: whoever the metadata has in sync with this leader has all that the leader calls committed. */
  checkInSync(leaderId: number, replica: Replica): void {
    const { canon, logsOf, isExcused } = this.#options;
    const known = canon.partition(replica.topic, replica.partition);
    if (known === undefined || known.leader !== leaderId || known.leaderEpoch !== replica.leaderEpoch) return;
    if (canon.state.topics.get(replica.topic)?.topicId !== replica.topicId) return;
    const partition = `${replica.topic}-${replica.partition}`;
    for (const id of known.inSyncReplicas) {
      if (id === leaderId || isExcused(id)) continue;
      const end = endOf(logsOf(id)?.get(partition));
      holds(
        6,
        end >= replica.highWatermark,
        () =>
          `${partition}: broker ${id} is in sync and ends at ${end}, its leader ${leaderId} has committed up to ${replica.highWatermark}`,
      );
    }
  }

  #tell(broker: WatchedBroker, partition: string, before: Seen | undefined, now: Seen): void {
    const { mark, trace } = this.#options;
    const isNewRole = before?.leaderEpoch !== now.leaderEpoch || before.isLeader !== now.isLeader;
    const isCut = before !== undefined && now.endOffset < before.endOffset;
    if (before !== undefined && !isNewRole && now.isLeader) {
      if (now.inSync.length < before.inSync.length) mark('isr-shrunk');
      if (now.inSync.length > before.inSync.length) mark('isr-expanded');
    }
    if (!isNewRole && !isCut && before?.inSync === now.inSync) return;
    const role = now.isLeader ? `leads, in sync ${now.inSync.join(',')}` : 'follows';
    const { leaderEpoch, endOffset, highWatermark } = now;
    trace(
      broker.name,
      isCut ? 'cut' : 'replica',
      `${partition.padEnd(14)} epoch ${String(leaderEpoch).padStart(3)} end ${String(endOffset).padStart(5)} hw ${String(highWatermark).padStart(5)} ${role}`,
    );
  }
}

const NOBODY: readonly number[] = [];
const endOf = (log: SeenLog | undefined): number => log?.endOffset ?? 0;
