// A real broker on a disk and a network in memory, and clients to ask it. For tests of the handlers.
import type { Api } from '../../../protocol/codec.ts';
import type { Fields, Input, Value } from '../../../protocol/grammar.ts';
import type { NewBatch } from '../../../protocol/records/record.ts';
import { encodeBatch } from '../../../protocol/records/record.ts';
import { produce } from '../../../protocol/schema/00-produce.ts';
import { fetch } from '../../../protocol/schema/01-fetch.ts';
import { createTopics } from '../../../protocol/schema/19-create-topics.ts';
import type { RunningNode } from '../../node.ts';
import type { Connection } from '../../rpc/connection.ts';
import { connect } from '../../rpc/connection.ts';
import { startBroker } from '../start.ts';
import { LocalController } from './local-controller.ts';
import { TestWorld } from './test-world.ts';

export interface TestBrokerOptions {
  readonly settings?: Readonly<Record<string, string>>;
  /** Starts on what another left behind. */
  readonly world?: TestWorld;
  readonly controller?: LocalController;
}

const CLUSTER_ID = 'BwcHBwAAAAAHBwcHBwcHBw';
const SETTINGS = {
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.num.partitions': '2',
  'transaction.state.log.min.isr': '1',
  'group.initial.rebalance.delay.ms': '0',
};
const PORT = 9092;

export class TestBroker {
  readonly world: TestWorld;
  readonly controller: LocalController;
  readonly node: RunningNode;
  readonly client: Connection;

  static async start(o: TestBrokerOptions = {}): Promise<TestBroker> {
    const world = o.world ?? new TestWorld();
    const settings = { ...SETTINGS, ...o.settings };
    const controller = o.controller ?? new LocalController(world, CLUSTER_ID, settings);
    if (!controller.image.brokers.has(1)) controller.addBroker(1, 'here', PORT, 'rack-1');
    const options = {
      nodeId: 1,
      clusterId: CLUSTER_ID,
      listen: { host: 'here', port: PORT },
      folder: 'broker-1',
      settings,
      controller: { host: 'here', port: 1 },
      rack: null,
    };
    const node = await startBroker(world, options, async () => controller);
    const client = await connect(world, node.address, { clientId: 'test', timeoutMs: 1000 });
    return new TestBroker(world, controller, node, client);
  }
  private constructor(world: TestWorld, controller: LocalController, node: RunningNode, client: Connection) {
    this.world = world;
    this.controller = controller;
    this.node = node;
    this.client = client;
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.world.until(this.node.stop(1000));
  }

  connect(clientId = 'other'): Promise<Connection> {
    return connect(this.world, this.node.address, { clientId, timeoutMs: 1000 });
  }

  /** Sends and lets time pass until the answer is there; the newest version when none is given. */
  ask<Q extends Fields, R extends Fields>(api: Api<Q, R>, input: Input<Q>, version?: number): Promise<Value<R>> {
    return this.world.until(this.client.send(api, version ?? api.versions.max, input, 120_000));
  }

  async createTopic(name: string, numPartitions = 1, configs: Readonly<Record<string, string>> = {}): Promise<string> {
    const asked = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    const answer = await this.ask(createTopics, {
      topics: [{ name, numPartitions, replicationFactor: 1, configs: asked }],
    });
    const topic = answer.topics[0];
    if (topic?.errorCode !== 0) throw new Error(`topic ${name}: ${topic?.errorCode} ${topic?.errorMessage}`);
    return topic.topicId;
  }

  /** Appends through Produce version 11; the answer for the one partition. */
  async produce(topic: string, records: Buffer, o: { partition?: number; acks?: number; version?: number } = {}) {
    const partitionData = [{ index: o.partition ?? 0, records }];
    const input = { acks: o.acks ?? -1, timeoutMs: 1000, topicData: [{ name: topic, partitionData }] };
    const answer = await this.ask(produce, input, o.version ?? 11);
    const partition = answer.responses[0]?.partitionResponses[0];
    if (partition === undefined) throw new Error('Produce answered for no partition');
    return { ...partition, nodeEndpoints: answer.nodeEndpoints };
  }

  /** Fetches one partition through version 12; the answer for it. */
  async fetch(topic: string, fetchOffset: number, o: FetchOptions = {}) {
    const answer = await this.world.until(this.startFetch(topic, fetchOffset, o));
    const partition = answer.responses[0]?.partitions[0];
    if (partition === undefined) throw new Error('Fetch answered for no partition');
    return partition;
  }
  /** Sends the same without waiting. */
  startFetch(topic: string, fetchOffset: number, o: FetchOptions = {}, by: Connection = this.client) {
    const {
      partition = 0,
      maxWaitMs = 0,
      minBytes = 1,
      partitionMaxBytes = 1_048_576,
      isolationLevel = 0,
      ...rest
    } = o;
    const partitions = [{ partition, fetchOffset, partitionMaxBytes, ...rest }];
    const input = {
      maxWaitMs,
      minBytes,
      isolationLevel,
      maxBytes: o.maxBytes ?? 52_428_800,
      topics: [{ topic, partitions }],
    };
    return by.send(fetch, 12, input, 120_000);
  }
}

export interface FetchOptions {
  readonly partition?: number;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly isolationLevel?: number;
}

/** One batch with a value per record, stamped with the test clock's first moment unless told otherwise. */
export function batchOf(values: readonly string[], o: Partial<NewBatch> & { timestampMs?: number } = {}): Buffer {
  const timestampMs = o.timestampMs ?? 1_700_000_000_000;
  const records = values.map((value) => ({ timestampMs, key: null, value: Buffer.from(value) }));
  return encodeBatch({ records, ...o });
}
