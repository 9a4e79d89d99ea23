// A controller without a node around it, for tests: decides, replays, and gives everything its offset.
import { assert } from '../../../kernel/assert.ts';
import type { BrokerSession, ControllerView } from '../decision.ts';
import { type CommandName, type Commands, decide } from '../machine.ts';
import type { MetadataRecord } from '../record.ts';
import { MetadataState } from '../state.ts';

export const CLUSTER_ID = 'c2VydmVyL3NwZWMubWQtMQ';

export class TestCluster {
  readonly state = new MetadataState(CLUSTER_ID);
  readonly sessions = new Map<number, BrokerSession>();
  readonly log: MetadataRecord[] = [];
  nowMs = 0;
  #uuids = 0;
  readonly view: ControllerView;

  constructor(settings: Readonly<Record<string, string>> = {}) {
    this.view = {
      state: this.state,
      sessions: this.sessions,
      settings: { nodeId: 3000, settings },
      newUuid: () => uuidOf(++this.#uuids),
    };
  }

  run<K extends CommandName>(command: K, request: Commands[K]['request']): Commands[K]['reply'] {
    const { records, reply } = decide(this.view, command, request, this.nowMs);
    for (const record of records) {
      this.log.push(record);
      this.state.replay(record, this.log.length - 1);
    }
    return reply;
  }

  /** Registers and unfences brokers. */
  start(...ids: readonly number[]): this {
    for (const id of ids) {
      this.register(id);
      this.beat(id);
    }
    return this;
  }
  /** `clean`: with proof that the process before ended orderly; `logDir`: which disk it has. */
  register(id: number, incarnation = id, o: { rack?: string | null; clean?: boolean; logDir?: number } = {}): number {
    const previousBrokerEpoch = o.clean === true ? (this.state.brokers.get(id)?.epoch ?? -1) : -1;
    const logDirs = [uuidOf(o.logDir ?? 2000 + id)];
    const asked = { ...registration(id, incarnation), rack: o.rack ?? null, previousBrokerEpoch, logDirs };
    const reply = this.run('registerBroker', asked);
    if (reply.errorCode === 0) this.heard(id);
    return reply.errorCode ?? 0;
  }
  beat(id: number, wish: { wantFence?: boolean; wantShutDown?: boolean } = {}) {
    const before = this.log.length;
    const reply = this.run('heartbeat', {
      brokerId: id,
      brokerEpoch: this.state.brokers.get(id)?.epoch ?? -1,
      currentMetadataOffset: this.state.offset,
      wantFence: false,
      wantShutDown: false,
      offlineLogDirs: [],
      cordonedLogDirs: null,
      ...wish,
    });
    if (reply.errorCode === 0) {
      const shutdownOffset = wish.wantShutDown === true && this.log.length > before ? this.state.offset : -1;
      this.sessions.set(id, {
        lastContactMs: this.nowMs,
        isConnected: true,
        shutdownOffset,
        appliedOffset: this.state.offset,
      });
    }
    return reply;
  }
  heard(id: number): void {
    this.sessions.set(id, { lastContactMs: this.nowMs, isConnected: true, shutdownOffset: -1, appliedOffset: -1 });
  }
  disconnect(id: number): void {
    const session = this.sessions.get(id);
    if (session !== undefined) this.sessions.set(id, { ...session, isConnected: false });
  }

  create(...topics: readonly Partial<TopicRequest>[]) {
    return this.run('createTopics', { topics: topics.map(topicRequest), timeoutMs: 0, validateOnly: false });
  }
  /** A wish for in-sync replicas, by the leader unless `by` says otherwise; `age` is taken off the partition epoch. */
  alterPartition(
    topic: string,
    index: number,
    wanted: readonly number[],
    o: { by?: number | null; age?: number; leaderEpoch?: number; epochs?: readonly number[] } = {},
  ) {
    const found = this.state.topics.get(topic);
    const partition = found?.partitions[index];
    const brokerId = o.by ?? partition?.leader ?? -1;
    const epochOf = (id: number) => this.state.brokers.get(id)?.epoch ?? -1;
    const wish = {
      partitionIndex: index,
      leaderEpoch: o.leaderEpoch ?? partition?.leaderEpoch ?? 0,
      newIsr: [],
      newIsrWithEpochs: wanted.map((id, i) => ({ brokerId: id, brokerEpoch: o.epochs?.[i] ?? epochOf(id) })),
      leaderRecoveryState: 0,
      partitionEpoch: (partition?.partitionEpoch ?? 0) - (o.age ?? 0),
    };
    const topics = [{ topicId: found?.topicId ?? uuidOf(0), partitions: [wish] }];
    const reply = this.run('alterPartition', { brokerId, brokerEpoch: epochOf(brokerId), topics });
    return reply.errorCode !== 0 ? reply : { ...reply.topics?.[0]?.partitions?.[0] };
  }
  partition(topic: string, index = 0) {
    const partition = this.state.topics.get(topic)?.partitions[index];
    assert(partition !== undefined, 'the partition is there');
    return partition;
  }
  leaders(topic: string): number[] {
    return this.state.topics.get(topic)?.partitions.map(({ leader }) => leader) ?? [];
  }
}

type TopicRequest = Commands['createTopics']['request']['topics'][number];
export function topicRequest(topic: Partial<TopicRequest>): TopicRequest {
  return { name: 'orders', numPartitions: -1, replicationFactor: -1, assignments: [], configs: [], ...topic };
}

export function registration(id: number, incarnation: number): Commands['registerBroker']['request'] {
  return {
    brokerId: id,
    clusterId: CLUSTER_ID,
    incarnationId: uuidOf(1000 + incarnation),
    listeners: [{ name: 'PLAINTEXT', host: '127.0.0.1', port: 9091 + id, securityProtocol: 0 }],
    features: [],
    rack: null,
    isMigratingZkBroker: false,
    logDirs: [],
    previousBrokerEpoch: -1,
  };
}

export function uuidOf(n: number): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(0x0a0b0c0d, 0);
  bytes.writeUInt32BE(n, 12);
  return bytes.toString('base64url');
}
