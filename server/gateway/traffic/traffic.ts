// The test traffic of one cluster: producers and consumer groups that people start from the page. At most ten of each, at
// most an hour, stopped one by one, all at once, or with the gateway. Made by feature.ts.
import { ClusterError, invalidArgument } from '../../client/errors.ts';
import { BROKER_DEFAULT } from '../../client/topics.ts';
import type { CallArgs, TrafficView } from '../../live/contract.ts';
import type { GatewayContext } from '../context.ts';
import { TestConsumer } from './consumer.ts';
import { TestProducer } from './producer.ts';

const LIMITS = {
  producers: 10,
  consumers: 10,
  totalRecordsPerSecond: 200_000,
  recordBytes: 102_400,
  keys: 1_000_000,
  members: 12,
  durationSeconds: 3_600,
} as const;
const TICK_MS = 1_000;
const NEW_TOPIC_PARTITIONS = 3;

export class Traffic {
  readonly #context: GatewayContext;
  readonly #producers = new Map<string, TestProducer>();
  readonly #consumers = new Map<string, TestConsumer>();
  readonly #timer: NodeJS.Timeout;
  #count = 0;

  constructor(context: GatewayContext) {
    this.#context = context;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  view(): TrafficView {
    return {
      freshness: { sampledAtMs: Date.now(), intervalMs: TICK_MS },
      problems: [],
      producers: [...this.#producers.values()].map((producer) => producer.row()),
      consumers: [...this.#consumers.values()].map((consumer) => consumer.row()),
    };
  }

  async startProducer(args: CallArgs<'traffic.startProducer'>): Promise<{ id: string }> {
    within('recordsPerSecond', args.recordsPerSecond, 1, LIMITS.totalRecordsPerSecond);
    within('recordBytes', args.recordBytes, 1, LIMITS.recordBytes);
    within('keys', args.keys, 0, LIMITS.keys);
    within('durationSeconds', args.durationSeconds, 1, LIMITS.durationSeconds);
    if (![0, 1, -1].includes(args.acks)) throw invalidArgument(`acks is ${args.acks}: choose 0, 1 or -1 (all).`);
    if (this.#producers.size >= LIMITS.producers) throw tooMany('producers', LIMITS.producers);
    const running = [...this.#producers.values()].reduce((sum, producer) => sum + producer.recordsPerSecond, 0);
    if (running + args.recordsPerSecond > LIMITS.totalRecordsPerSecond) {
      throw invalidArgument(
        `All producers together make at most ${LIMITS.totalRecordsPerSecond} records/s and ${running} are taken: choose at most ${LIMITS.totalRecordsPerSecond - running}, or stop one.`,
      );
    }
    await this.#ensureTopic(args.topic);
    this.#count += 1;
    const id = `producer-${this.#count}`;
    this.#producers.set(id, new TestProducer(this.#context, id, `traffic-${this.#count}`, args));
    this.#context.tell('traffic');
    return { id };
  }

  async startConsumer(args: CallArgs<'traffic.startConsumer'>): Promise<{ id: string }> {
    await this.#context.metadata.topic(args.topic);
    if (!/^\S{1,255}$/.test(args.groupId)) throw invalidArgument('A group id is 1 to 255 characters without spaces.');
    within('members', args.members, 1, LIMITS.members);
    within('recordsPerSecond', args.recordsPerSecond, 0, LIMITS.totalRecordsPerSecond);
    within('durationSeconds', args.durationSeconds, 1, LIMITS.durationSeconds);
    if (this.#consumers.size >= LIMITS.consumers) throw tooMany('consumer groups', LIMITS.consumers);
    this.#count += 1;
    const id = `consumer-${this.#count}`;
    this.#context.expectGroup(args.groupId);
    this.#consumers.set(id, new TestConsumer(this.#context, id, args));
    this.#context.tell('traffic');
    return { id };
  }

  /** A newcomer's first producer need not be told to create a topic first. */
  async #ensureTopic(name: string): Promise<void> {
    try {
      await this.#context.metadata.topic(name);
    } catch (error) {
      if (!(error instanceof ClusterError) || error.kind !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
      await this.#context.client.createTopic({
        name,
        partitions: NEW_TOPIC_PARTITIONS,
        replicationFactor: BROKER_DEFAULT,
        configs: {},
      });
    }
  }

  async stop(id: string): Promise<{ stopped: number }> {
    const ids = id === 'all' ? [...this.#producers.keys(), ...this.#consumers.keys()] : [id];
    const stopped = await Promise.all(ids.map((each) => this.#stopOne(each)));
    const count = stopped.filter(Boolean).length;
    if (id !== 'all' && count === 0)
      throw invalidArgument(`There is no test traffic "${id}"; it may have ended by itself.`);
    this.#context.tell('traffic');
    return { stopped: count };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.stop('all');
  }

  async #stopOne(id: string): Promise<boolean> {
    const running = this.#producers.get(id) ?? this.#consumers.get(id);
    if (running === undefined) return false;
    this.#producers.delete(id);
    this.#consumers.delete(id);
    await running.close();
    return true;
  }

  #tick(): void {
    const now = Date.now();
    for (const [id, { stopsAtMs }] of [...this.#producers, ...this.#consumers]) {
      if (now < stopsAtMs) continue;
      this.#stopOne(id).catch((error: unknown) =>
        this.#context.log(`gateway: stopping ${id} failed: ${String(error)}`),
      );
    }
    this.#context.tell('traffic');
  }
}

function within(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw invalidArgument(`${name} is ${value}: choose a whole number from ${low} to ${high}.`);
}

function tooMany(what: string, limit: number): ClusterError {
  return new ClusterError('LIMIT_REACHED', `At most ${limit} ${what} run at once: stop one first.`);
}
