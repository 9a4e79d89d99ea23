// A whole cluster on one disk, one clock and one network in memory: the real controller and real brokers, which can be killed,
// started again and cut off from each other. For tests of what happens between brokers.
import { assert, present } from '../../../kernel/assert.ts';
import type { Clock, Net, NetListener, Socket, Timers, World } from '../../../kernel/world.ts';
import { NetError } from '../../../kernel/world.ts';
import type { Api } from '../../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import { produce } from '../../../protocol/schema/00-produce.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import { metadata } from '../../../protocol/schema/03-metadata.ts';
import { createTopics } from '../../../protocol/schema/19-create-topics.ts';
import { deleteTopics } from '../../../protocol/schema/20-delete-topics.ts';
import { electLeaders } from '../../../protocol/schema/43-elect-leaders.ts';
import { startController } from '../../controller/start.ts';
import type { RunningNode } from '../../node.ts';
import type { Connection } from '../../rpc/connection.ts';
import { connect } from '../../rpc/connection.ts';
import type { Broker } from '../broker.ts';
import { startBroker } from '../start.ts';
import { batchOf } from './test-broker.ts';
import { TestWorld } from './test-world.ts';

const CLUSTER_ID = 'BwcHBwAAAAAHBwcHBwcHBw';
const CONTROLLER_PORT = 9090;
const CONTROLLER_ID = 3000;
const SETTINGS = {
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'replica.lag.time.max.ms': '4000',
  'offsets.topic.replication.factor': '3',
  'offsets.topic.num.partitions': '1',
  'transaction.state.log.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
};

const portOf = (nodeId: number): number => CONTROLLER_PORT + nodeId;

/** The shared world as one node has it: its timers and sockets end with it, its links can be cut. */
class NodeWorld implements World {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly net: Net;
  readonly random;
  readonly disk;
  readonly compression;
  readonly hashing;
  readonly log;
  readonly #shared: TestWorld;
  readonly #sockets = new Map<Socket, number>();
  readonly #listeners: NetListener[] = [];
  /** Ports of nodes that this one cannot reach. */
  readonly cutPorts = new Set<number>();
  isDead = false;

  constructor(shared: TestWorld) {
    this.#shared = shared;
    const { clock, random, disk, compression, hashing, log } = shared;
    this.clock = clock;
    this.random = random;
    this.disk = disk;
    this.compression = compression;
    this.hashing = hashing;
    this.log = log;
    const living = (run: () => void) => () => {
      if (!this.isDead) run();
    };
    this.timers = {
      after: (delayMs, run) => shared.timers.after(delayMs, living(run)),
      soon: (run) => shared.timers.soon(living(run)),
    };
    this.net = {
      listen: (address, onSocket) => this.#listen(address, onSocket),
      connect: (address) => this.#connect(address),
    };
  }

  async #listen(address: { host: string; port: number }, onSocket: (socket: Socket) => void): Promise<NetListener> {
    const listener = await this.#shared.net.listen(address, (socket) => {
      this.#sockets.set(socket, 0);
      onSocket(socket);
    });
    this.#listeners.push(listener);
    return listener;
  }
  async #connect(address: { host: string; port: number; timeoutMs: number }): Promise<Socket> {
    if (this.isDead || this.cutPorts.has(address.port)) throw new NetError('EHOSTUNREACH', 'the test cut this link');
    const socket = await this.#shared.net.connect(address);
    this.#sockets.set(socket, address.port);
    return socket;
  }

  cut(port: number): void {
    this.cutPorts.add(port);
    for (const [socket, to] of this.#sockets) if (to === port) socket.destroy();
  }
  async kill(): Promise<void> {
    this.isDead = true;
    for (const socket of this.#sockets.keys()) socket.destroy();
    for (const listener of this.#listeners) await listener.close();
  }
}

export class TestCluster {
  readonly world = new TestWorld();
  readonly #settings: Readonly<Record<string, string>>;
  readonly #racks: readonly (string | null)[];
  readonly #nodes = new Map<number, { world: NodeWorld; node: RunningNode }>();
  readonly #clients = new Map<number, Connection>();

  /** Brokers 1 to 3, in the racks given. */
  static async start(
    settings: Readonly<Record<string, string>> = {},
    racks: readonly (string | null)[] = [],
  ): Promise<TestCluster> {
    const cluster = new TestCluster(settings, racks);
    await cluster.startController();
    await Promise.all([1, 2, 3].map((id) => cluster.startBroker(id)));
    return cluster;
  }
  private constructor(settings: Readonly<Record<string, string>>, racks: readonly (string | null)[]) {
    this.#racks = racks;
    this.#settings = { ...SETTINGS, ...settings };
  }

  async startController(): Promise<void> {
    const listen = { host: 'here', port: CONTROLLER_PORT };
    const nodeId = CONTROLLER_ID;
    const options = { nodeId, clusterId: CLUSTER_ID, listen, folder: 'controller', settings: this.#settings };
    const world = new NodeWorld(this.world);
    this.#nodes.set(nodeId, { world, node: await this.world.until(startController(world, options)) });
  }
  async startBroker(nodeId: number): Promise<void> {
    const world = new NodeWorld(this.world);
    const options = {
      nodeId,
      clusterId: CLUSTER_ID,
      listen: { host: 'here', port: portOf(nodeId) },
      folder: `broker-${nodeId}`,
      settings: this.#settings,
      controller: { host: 'here', port: CONTROLLER_PORT },
      rack: this.#racks[nodeId - 1] ?? null,
    };
    this.#nodes.set(nodeId, { world, node: await this.world.until(startBroker(world, options)) });
  }
  /** As a process that ends without a word. */
  async kill(nodeId: number): Promise<void> {
    await this.#node(nodeId).world.kill();
    this.#forget(nodeId);
  }
  /** Its disk is gone; only while it does not run. */
  wipe(nodeId: number): void {
    this.world.disk.remove(`broker-${nodeId}`);
  }
  async stopBroker(nodeId: number): Promise<void> {
    await this.world.until(this.#node(nodeId).node.stop(8000));
    this.#forget(nodeId);
  }
  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    for (const nodeId of [...this.#nodes.keys()].sort((a, b) => a - b)) await this.stopBroker(nodeId);
  }
  /** The broker can no longer fetch from the other; what was under way is lost. */
  cut(from: number, to: number): void {
    this.#node(from).world.cut(portOf(to));
  }
  heal(from: number, to: number): void {
    this.#node(from).world.cutPorts.delete(portOf(to));
  }
  /** Places in followers' fetch sessions at this broker that cost nothing now. */
  restingPlaces(nodeId: number): number {
    const { replicas } = this.#node(nodeId).node as RunningNode & Broker;
    return [...replicas.all()].reduce((count, { resting }) => count + resting.size, 0);
  }
  #node(nodeId: number) {
    return present(this.#nodes.get(nodeId), `node ${nodeId} runs`);
  }
  #forget(nodeId: number): void {
    this.#nodes.delete(nodeId);
    this.#clients.get(nodeId)?.close();
    this.#clients.delete(nodeId);
  }

  connect(nodeId: number, clientId: string): Promise<Connection> {
    const address = { host: 'here', port: portOf(nodeId) };
    return connect(this.world, address, { clientId, timeoutMs: 1000 });
  }
  async client(nodeId: number): Promise<Connection> {
    let client = this.#clients.get(nodeId);
    if (client?.isOpen !== true) {
      client = await this.connect(nodeId, 'test');
      this.#clients.set(nodeId, client);
    }
    return client;
  }
  async ask<Q extends Fields, R extends Fields>(
    nodeId: number,
    api: Api<Q, R>,
    input: Input<Q>,
    version = api.versions.max,
  ): Promise<Value<R>> {
    const client = await this.client(nodeId);
    return this.world.until(client.send(api, version, input, 120_000));
  }

  /** One partition, led by the first of `replicas`. */
  async createTopic(
    name: string,
    replicas: readonly number[] = [1, 2, 3],
    configs: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const assignments = [{ partitionIndex: 0, brokerIds: replicas }];
    const asked = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    const topics = [{ name, numPartitions: -1, replicationFactor: -1, assignments, configs: asked }];
    const answer = await this.ask(
      present(
        [...this.#nodes.keys()].find((id) => id !== CONTROLLER_ID),
        'a broker runs',
      ),
      createTopics,
      { topics },
    );
    const topic = answer.topics[0];
    if (topic?.errorCode !== 0) throw new Error(`topic ${name}: ${topic?.errorCode} ${topic?.errorMessage}`);
    return topic.topicId;
  }
  async deleteTopic(name: string): Promise<void> {
    const answer = await this.ask(1, deleteTopics, { topics: [{ name }] });
    assert(answer.responses[0]?.errorCode === 0, 'the topic is deleted');
  }
  /** Gives the lead back to the first replica, where it is in sync. */
  async electPreferred(topic: string): Promise<void> {
    await this.ask(1, electLeaders, { electionType: 0, topicPartitions: [{ topic, partitions: [0] }] });
  }
  /** The partition as a broker's metadata has it. */
  async partition(topic: string, nodeId: number) {
    const answer = await this.ask(nodeId, metadata, { topics: [{ name: topic }] }, 12);
    const partition = answer.topics[0]?.partitions[0];
    return {
      leader: partition?.leaderId ?? -1,
      leaderEpoch: partition?.leaderEpoch ?? -1,
      inSync: [...(partition?.isrNodes ?? [])].sort(),
    };
  }
  /** Lets time pass until the broker's metadata says so. */
  async awaitPartition(topic: string, nodeId: number, wanted: { leader?: number; inSync?: readonly number[] }) {
    for (let i = 0; i < 400; i++) {
      const now = await this.partition(topic, nodeId);
      const isLed = wanted.leader === undefined || now.leader === wanted.leader;
      if (isLed && (wanted.inSync === undefined || now.inSync.join() === wanted.inSync.join())) return now;
      await this.world.advance(50);
    }
    throw new Error(`${topic} is ${JSON.stringify(await this.partition(topic, nodeId))}`);
  }

  async startProduce(nodeId: number, topic: string, values: readonly string[] | Buffer, o: ProduceOptions = {}) {
    const records = Buffer.isBuffer(values) ? values : batchOf(values as readonly string[]);
    const topicData = [{ name: topic, partitionData: [{ index: 0, records }] }];
    const input = { acks: o.acks ?? -1, timeoutMs: o.timeoutMs ?? 10_000, topicData };
    const client = await this.connect(nodeId, 'producer');
    const answer = client.send(produce, 11, input, 120_000);
    return answer
      .then((whole) => present(whole.responses[0]?.partitionResponses[0], 'Produce answers for its partition'))
      .finally(() => client.close());
  }
  async produce(nodeId: number, topic: string, values: readonly string[] | Buffer, o: ProduceOptions = {}) {
    // The promise of a promise would be waited for without the clock.
    const asked = { answer: this.startProduce(nodeId, topic, values, o) };
    return this.world.until(asked.answer);
  }
  async fetch(
    nodeId: number,
    topic: string,
    fetchOffset = 0,
    o: { maxWaitMs?: number; rackId?: string; currentLeaderEpoch?: number; version?: number } = {},
  ) {
    const { currentLeaderEpoch = -1, rackId = '' } = o;
    const partitions = [{ partition: 0, fetchOffset, currentLeaderEpoch, partitionMaxBytes: 1_048_576 }];
    const input = { maxWaitMs: o.maxWaitMs ?? 0, minBytes: 1, rackId, topics: [{ topic, partitions }] };
    const answer = await this.ask(nodeId, fetch, input, o.version ?? 12);
    return present(answer.responses[0]?.partitions[0], 'Fetch answers for its partition');
  }
  /** The partition's file as it is on a broker's disk. */
  file(nodeId: number, topic: string): Buffer {
    return this.world.disk.read(`broker-${nodeId}/${topic}-0/00000000000000000000.log`) ?? Buffer.alloc(0);
  }
}

export interface ProduceOptions {
  readonly acks?: number;
  readonly timeoutMs?: number;
}
