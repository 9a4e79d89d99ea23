// A group coordinator over arrays and virtual time, asked through its public methods: for tests.
import { VirtualTime } from '../../../kernel/virtual-time.ts';
import type { World } from '../../../kernel/world.ts';
import type { RequestInput, RequestOf, ResponseInput } from '../../../protocol/codec.ts';
import { consumerProtocolSubscription } from '../../../protocol/consumer-protocol.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import { defaults, ZERO_UUID } from '../../../protocol/grammar.ts';
import { offsetCommit } from '../../../protocol/schema/08-offset-commit.ts';
import { offsetFetch } from '../../../protocol/schema/09-offset-fetch.ts';
import { joinGroup } from '../../../protocol/schema/11-join-group.ts';
import { heartbeat } from '../../../protocol/schema/12-heartbeat.ts';
import { leaveGroup } from '../../../protocol/schema/13-leave-group.ts';
import { syncGroup } from '../../../protocol/schema/14-sync-group.ts';
import { consumerGroupHeartbeat } from '../../../protocol/schema/68-consumer-group-heartbeat.ts';
import { Writer } from '../../../protocol/writer.ts';
import { GroupCoordinator } from '../group-coordinator.ts';
import { ArrayStore } from './array-store.ts';

export const PARTITIONS = 4;
export const SETTINGS: Readonly<Record<string, string>> = {
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '6000',
  'group.max.session.timeout.ms': '1800000',
  'group.max.size': '2147483647',
  'group.consumer.session.timeout.ms': '45000',
  'group.consumer.min.session.timeout.ms': '45000',
  'group.consumer.max.session.timeout.ms': '60000',
  'group.consumer.heartbeat.interval.ms': '5000',
  'group.consumer.min.heartbeat.interval.ms': '5000',
  'group.consumer.max.heartbeat.interval.ms': '15000',
  'group.consumer.max.size': '2147483647',
  'group.consumer.assignors': 'uniform,range',
  'group.consumer.migration.policy': 'bidirectional',
  'offset.metadata.max.bytes': '4096',
  'offsets.commit.timeout.ms': '5000',
  'offsets.retention.minutes': '10080',
  'offsets.retention.check.interval.ms': '600000',
};

export type JoinAnswer = Required<ResponseInput<typeof joinGroup>>;
export type BeatAnswer = Required<ResponseInput<typeof consumerGroupHeartbeat>>;
export type SyncAnswer = Required<ResponseInput<typeof syncGroup>>;

/** An answer that may still be parked. */
export class Pending<T> {
  answer: T | null = null;
  constructor(promise: Promise<T>) {
    void promise.then((answer) => {
      this.answer = answer;
    });
  }
  get isParked(): boolean {
    return this.answer === null;
  }
  /** Throws while parked. */
  get value(): T {
    if (this.answer === null) throw new Error('the request is still parked');
    return this.answer;
  }
}

export interface JoinOptions extends RequestInput<typeof joinGroup> {
  readonly version?: number;
  readonly clientId?: string;
}

export class Bench {
  readonly time = new VirtualTime();
  readonly store: ArrayStore;
  readonly settings = new Map(Object.entries(SETTINGS));
  readonly topics = new Map<string, { id: string; partitions: number }>([
    ['orders', { id: 'b3JkZXJzb3JkZXJzb3JkZQ', partitions: 6 }],
    ['trades', { id: 'dHJhZGVzdHJhZGVzdHJhZA', partitions: 2 }],
  ]);
  readonly logged: string[] = [];
  coordinator: GroupCoordinator;
  partitionCount = PARTITIONS;
  #uuids = 0;

  constructor(settings: Record<string, string> = {}, store = new ArrayStore()) {
    this.store = store;
    for (const [name, value] of Object.entries(settings)) this.settings.set(name, value);
    this.coordinator = this.#create();
  }

  /** A bench whose coordinator leads and has loaded every partition. */
  static async ready(settings: Record<string, string> = {}, store = new ArrayStore()): Promise<Bench> {
    const bench = new Bench(settings, store);
    await bench.lead();
    return bench;
  }

  #create(): GroupCoordinator {
    return new GroupCoordinator({
      world: this.#world(),
      store: this.store,
      settings: (name) => this.settings.get(name) ?? '',
      groupSettings: (groupId, name) =>
        this.settings.get(`${groupId} ${name}`) ?? this.settings.get(`group.${name}`) ?? '',
      topics: {
        partitionsOf: (name) => this.topics.get(name)?.partitions ?? 0,
        idOf: (name) => this.topics.get(name)?.id ?? ZERO_UUID,
        nameOf: (id) => [...this.topics].find(([, topic]) => topic.id === id)?.[0] ?? null,
        names: () => this.topics.keys(),
      },
      partitionCount: () => this.partitionCount,
    });
  }

  #world(): World {
    const log = (message: string): void => {
      this.logged.push(message);
    };
    const world = {
      clock: this.time,
      timers: this.time,
      random: { below: () => 0, uuid: () => `uuid${this.#uuids++}` },
      log: { debug: log, info: log, warn: log, error: log },
    };
    // The coordinator has no business with disk, net and compression: touching them fails.
    return world as unknown as World;
  }

  async lead(): Promise<void> {
    for (let partition = 0; partition < PARTITIONS; partition++) this.coordinator.onLeader(partition, 1);
    await this.settle();
  }

  /** The broker goes and comes back over the same log. */
  async restart(): Promise<void> {
    this.coordinator.close();
    this.coordinator = this.#create();
    await this.lead();
  }

  /** Runs every promise that can run; no time passes. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }
  /** Lets time pass, timers and promises run. */
  async pass(ms: number): Promise<void> {
    this.time.advance(ms);
    await this.settle();
  }

  context(apiVersion: number, clientId = 'app') {
    return { apiVersion, clientId, connection: { remoteHost: '127.0.0.1' } };
  }

  async join({ version = 9, clientId, ...request }: JoinOptions): Promise<Pending<JoinAnswer>> {
    const answer = this.coordinator.joinGroup(this.joinRequest(request), this.context(version, clientId));
    return this.#pending(answer as Promise<JoinAnswer>);
  }
  joinRequest(request: RequestInput<typeof joinGroup>): RequestOf<typeof joinGroup> {
    return fill(joinGroup.request.fields, {
      groupId: 'g',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription('orders') }],
      ...request,
    });
  }
  async sync(request: RequestInput<typeof syncGroup>): Promise<Pending<SyncAnswer>> {
    const full = fill(syncGroup.request.fields, { groupId: 'g', ...request });
    return this.#pending(this.coordinator.syncGroup(full, this.context(5)) as Promise<SyncAnswer>);
  }
  heartbeat(memberId: string, generationId: number, groupInstanceId: string | null = null): number | undefined {
    const full = fill(heartbeat.request.fields, { groupId: 'g', memberId, generationId, groupInstanceId });
    return this.coordinator.heartbeat(full, this.context(4)).errorCode;
  }
  async leave(request: RequestInput<typeof leaveGroup>, version = 5) {
    const full = fill(leaveGroup.request.fields, { groupId: 'g', ...request });
    return this.coordinator.leaveGroup(full, this.context(version));
  }
  async commit(request: RequestInput<typeof offsetCommit>, version = 9) {
    const full = fill(offsetCommit.request.fields, { groupId: 'g', ...request });
    return this.coordinator.commitOffsets(full, this.context(version));
  }
  async fetch(request: RequestInput<typeof offsetFetch>, version = 9) {
    const full = fill(offsetFetch.request.fields, request);
    return this.coordinator.fetchOffsets(full, this.context(version));
  }
  /** ConsumerGroupHeartbeat as it is on the wire; while the store commits at once, it must be answered once nothing more can run. */
  async beat(request: RequestInput<typeof consumerGroupHeartbeat>, version = 1): Promise<BeatAnswer> {
    const full = fill(consumerGroupHeartbeat.request.fields, { groupId: 'g', ...request });
    const answer = this.coordinator.consumerGroupHeartbeat(full, this.context(version)) as Promise<BeatAnswer>;
    if (!this.store.commitsAtOnce) return answer;
    return (await this.#pending(answer)).value;
  }
  /** The group of the consumer protocol as ConsumerGroupDescribe tells it. */
  describeConsumer(groupId = 'g') {
    const request = { groupIds: [groupId], includeAuthorizedOperations: false };
    const group = this.coordinator.consumerGroupDescribe(request, this.context(1)).groups?.[0];
    if (group === undefined) throw new Error('one group was asked for');
    return group;
  }
  /** Makes or changes a topic, and tells the coordinator. */
  setTopic(name: string, partitions: number): void {
    const id = this.topics.get(name)?.id ?? Buffer.from(name.padEnd(16, '.').slice(0, 16)).toString('base64url');
    this.topics.set(name, { id, partitions });
    this.coordinator.onTopicsChanged();
  }

  async describe(groupId = 'g', version = 6) {
    const request = { groups: [groupId], includeAuthorizedOperations: false };
    const { groups } = this.coordinator.describeGroups(request, this.context(version));
    const group = groups?.[0];
    if (group === undefined) throw new Error('one group was asked for');
    return group;
  }
  deleteGroups(...groupsNames: string[]) {
    return this.coordinator.deleteGroups({ groupsNames }, this.context(2));
  }

  /** A new dynamic member that has its id and joins with it. */
  async enter(request: JoinOptions = {}): Promise<{ memberId: string; joined: Pending<JoinAnswer> }> {
    const { memberId } = (await this.join(request)).value;
    return { memberId, joined: await this.join({ ...request, memberId }) };
  }

  /** A stable group of `count` dynamic members, first the leader; each assigned the text "part <n>". */
  async stable(count: number, request: JoinOptions = {}): Promise<{ ids: string[]; generation: number }> {
    const entered = [];
    for (let i = 0; i < count; i++) entered.push(await this.enter(request));
    await this.pass(0);
    let answers = entered.map(({ joined }) => joined);
    const ids = entered.map(({ memberId }) => memberId);
    // Each member after the first made the earlier ones join again.
    if (answers.some(({ isParked }) => isParked) || new Set(answers.map(({ value }) => value.generationId)).size > 1) {
      answers = [];
      for (const memberId of ids) answers.push(await this.join({ ...request, memberId }));
    }
    const generation = answers[0]?.value.generationId ?? -1;
    await this.assign(ids, generation, request.groupId ?? 'g');
    return { ids, generation };
  }

  /** Everyone syncs, the first as the leader. */
  async assign(ids: readonly string[], generationId: number, groupId = 'g'): Promise<Pending<SyncAnswer>[]> {
    const assignments = ids.map((memberId, i) => ({ memberId, assignment: Buffer.from(`part ${i}`) }));
    const synced = [];
    for (const [i, memberId] of ids.entries()) {
      synced.push(await this.sync({ groupId, memberId, generationId, assignments: i === 0 ? assignments : [] }));
    }
    return synced;
  }

  async #pending<T>(promise: Promise<T>): Promise<Pending<T>> {
    const pending = new Pending(promise);
    await this.settle();
    return pending;
  }
}

export function subscription(...topics: string[]): Buffer {
  const writer = new Writer();
  writer.int16(1);
  consumerProtocolSubscription.write(writer, 1, { topics, ownedPartitions: [] });
  return writer.toBuffer();
}

/** A request as the codec would have read it: fields that are not given have their defaults. */
function fill<S extends Fields>(fields: S, given: Input<S>): Value<S> {
  const value: Record<string, unknown> = { ...defaults(fields) };
  for (const [name, field] of Object.entries(fields)) {
    const own = (given as Record<string, unknown>)[name];
    if (own === undefined) continue;
    const inner = field.element?.fields ?? null;
    value[name] = inner !== null && Array.isArray(own) ? own.map((one) => fill(inner, one as Input<Fields>)) : own;
  }
  return value as Value<S>;
}
