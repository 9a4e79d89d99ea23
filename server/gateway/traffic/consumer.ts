// One test consumer group: ordinary group consumers of the client library, reading at a pace, each committing once a second
// what it has really read (the library's own autocommit would commit what it has only buffered). Owned by traffic.ts.
import type { GroupConsumer, GroupStream, ConsumerSettings as MemberSettings } from '../../client/consumer.ts';
import { reasonOf } from '../../client/errors.ts';
import type { CallArgs, TrafficConsumer } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { Pacing } from './pacing.ts';

const COMMIT_INTERVAL_MS = 1_000;
const PACE_TICK_MS = 25;
const RESTART_MS = 2_000;
const CLOSE_DEADLINE_MS = 4_000;
const FETCH_BYTES = 1_048_576;

export type ConsumerSettings = CallArgs<'traffic.startConsumer'>;

export class TestConsumer {
  readonly #context: GatewayContext;
  readonly #settings: ConsumerSettings;
  readonly #id: string;
  readonly #startedAtMs = Date.now();
  readonly #members: readonly Member[];
  #read = 0;
  #lastError: string | null = null;

  constructor(context: GatewayContext, id: string, settings: ConsumerSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#id = id;
    // Members beyond the partitions get none, so the pace is shared among those that read.
    const partitions = context.metadata.topics.get(settings.topic)?.partitions.length ?? settings.members;
    const share = settings.recordsPerSecond / Math.max(1, Math.min(settings.members, partitions));
    this.#members = Array.from(
      { length: settings.members },
      (_, index) => new Member(this.#memberOptions(index, share)),
    );
  }

  get groupId(): string {
    return this.#settings.groupId;
  }

  get stopsAtMs(): number {
    return this.#startedAtMs + this.#settings.durationSeconds * 1_000;
  }

  row(): TrafficConsumer {
    const { topic, groupId, members, recordsPerSecond } = this.#settings;
    return {
      id: this.#id,
      topic,
      groupId,
      members,
      recordsPerSecond,
      startedAtMs: this.#startedAtMs,
      stopsAtMs: this.stopsAtMs,
      read: this.#read,
      lastError: this.#lastError,
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.close()));
  }

  #memberOptions(index: number, recordsPerSecond: number): MemberOptions {
    const pacing = recordsPerSecond === 0 ? null : new Pacing(recordsPerSecond, this.#startedAtMs);
    return {
      clientId: `${this.#settings.groupId}-${index + 1}`.replace(/[^a-zA-Z0-9._-]/g, '-'),
      groupId: this.#settings.groupId,
      topic: this.#settings.topic,
      open: (settings) => this.#context.client.consumer(settings),
      mayRead: () => {
        if (pacing === null) return true;
        if (pacing.due(Date.now()) < 1) return false;
        pacing.take(1);
        return true;
      },
      onRead: () => {
        this.#read += 1;
      },
      onError: (error) => {
        this.#lastError = reasonOf(error);
      },
    };
  }
}

interface MemberOptions {
  readonly clientId: string;
  readonly groupId: string;
  readonly topic: string;
  open(settings: MemberSettings): GroupConsumer;
  /** Takes one record's worth of the member's pace. */
  mayRead(): boolean;
  onRead(): void;
  onError(error: unknown): void;
}

class Member {
  readonly #options: MemberOptions;
  readonly #positions = new Map<number, { offset: bigint; leaderEpoch: number }>();
  readonly #running: Promise<void>;
  #consumer: GroupConsumer | null = null;
  #stream: GroupStream | null = null;
  #isClosed = false;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#commit();
    await Promise.race([this.#shut(), new Promise((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref())]);
  }

  /** Joins and reads until closed; after a failure it begins again. */
  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#readOnce();
      } catch (error) {
        if (!this.#isClosed) this.#options.onError(error);
      }
      await this.#shutConsumer();
      if (!this.#isClosed) await new Promise((resolve) => setTimeout(resolve, RESTART_MS).unref());
    }
  }

  async #readOnce(): Promise<void> {
    const consumer: GroupConsumer = this.#options.open({
      clientId: this.#options.clientId,
      groupId: this.#options.groupId,
      sessionTimeout: 10_000,
      rebalanceTimeout: 15_000,
      heartbeatInterval: 1_000,
      retries: 5,
      retryDelay: 300,
      autocommit: false,
      maxBytes: FETCH_BYTES,
      maxWaitTime: 500,
      highWaterMark: 512,
    });
    this.#consumer = consumer;
    consumer.on('error', this.#options.onError);
    // After a rebalance the partitions may belong to another member: its progress must not be overwritten.
    consumer.on('consumer:group:join', () => this.#positions.clear());
    const stream = await consumer.consume({
      topics: [this.#options.topic],
      mode: 'committed',
      fallbackMode: 'earliest',
      autocommit: false,
    });
    this.#stream = stream;
    const timer = setInterval(() => {
      this.#commit().catch(this.#options.onError);
    }, COMMIT_INTERVAL_MS);
    timer.unref();
    try {
      for await (const message of stream) {
        while (!this.#isClosed && !this.#options.mayRead()) {
          await new Promise((resolve) => setTimeout(resolve, PACE_TICK_MS).unref());
        }
        if (this.#isClosed) return;
        this.#positions.set(message.partition, { offset: message.offset + 1n, leaderEpoch: message.leaderEpoch });
        this.#options.onRead();
      }
    } finally {
      clearInterval(timer);
    }
  }

  async #commit(): Promise<void> {
    const consumer = this.#consumer;
    if (consumer === null || this.#positions.size === 0) return;
    const offsets = [...this.#positions].map(([partition, position]) => ({
      topic: this.#options.topic,
      partition,
      ...position,
    }));
    this.#positions.clear();
    try {
      await consumer.commit({ offsets });
    } catch (error) {
      if (!this.#isClosed) this.#options.onError(error);
    }
  }

  async #shut(): Promise<void> {
    await this.#shutConsumer();
    await this.#running;
  }

  async #shutConsumer(): Promise<void> {
    const consumer = this.#consumer;
    const stream = this.#stream;
    this.#consumer = null;
    this.#stream = null;
    this.#positions.clear();
    try {
      stream?.on('error', () => undefined);
      await consumer?.close(true);
    } catch (error) {
      if (!this.#isClosed) this.#options.onError(error);
    }
  }
}
