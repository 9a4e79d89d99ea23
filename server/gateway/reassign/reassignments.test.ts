import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IncrementalAlterConfigOperationTypes } from '@platformatic/kafka';
import { DESCRIBE_CONFIGS, DESCRIBE_LOG_DIRS, INCREMENTAL_ALTER_CONFIGS } from '../../client/apis.ts';
import {
  ALTER_REASSIGNMENTS,
  ELECT_LEADERS,
  LIST_REASSIGNMENTS,
  type TargetReplicas,
} from '../../client/reassignment-apis.ts';
import type { ReassignView } from '../../live/contract.ts';
import { GatewayContext } from '../context.ts';
import { Reassignments } from './reassignments.ts';

interface Change {
  readonly name: string;
  readonly configOperation: number;
}

/** Three brokers and one partition that moves at once, as the requests of a reassignment see them. */
class FakeCluster {
  readonly context = new GatewayContext({
    clusterId: 'c',
    name: 'c',
    mode: 'external',
    bootstrapServers: ['127.0.0.1:1'],
    log: () => undefined,
  });
  /** Each setting that was set, not those that were removed. */
  readonly set: string[] = [];
  keepsThrottles = false;
  #replicas: readonly number[] = [1];

  constructor() {
    const { metadata, connections } = this.context;
    const nodes = [1, 2, 3].map((id) => ({ id, host: 'h', port: id, rack: null }));
    metadata.brokers = new Map(nodes.map((node) => [node.id, node]));
    for (const { id } of nodes) metadata.knownBrokerIds.add(id);
    metadata.refresh = async () => this.#tell();
    metadata.fresh = async () => this.#tell();
    connections.request = async <Args extends unknown[], Response>(
      _endpoint: unknown,
      _lane: unknown,
      { key }: { readonly key: number },
      ...args: Args
    ) => this.#answer(key, args) as Response;
    this.#tell();
  }

  #tell(): void {
    const [leader = null] = this.#replicas;
    const partition = {
      partition: 0,
      leader,
      leaderEpoch: 1,
      replicas: this.#replicas,
      inSyncReplicas: this.#replicas,
    };
    const topic = { name: 't', topicId: null, isInternal: false, partitions: [partition] };
    this.context.metadata.topics = new Map([['t', topic]]);
    this.context.metadata.sampledAtMs = Date.now();
  }

  #answer(key: number, args: readonly unknown[]): unknown {
    switch (key) {
      case ALTER_REASSIGNMENTS.key: {
        const [target] = args[0] as readonly TargetReplicas[];
        this.#replicas = target?.replicas ?? this.#replicas;
        return { errorCode: 0, errorMessage: null, partitions: [{ topic: 't', partition: 0, errorCode: 0 }] };
      }
      case INCREMENTAL_ALTER_CONFIGS.key: {
        const resources = args[0] as readonly { readonly resourceName: string; readonly configs: readonly Change[] }[];
        return { responses: resources.map(({ resourceName, configs }) => this.#alter(resourceName, configs)) };
      }
      case DESCRIBE_LOG_DIRS.key:
      case DESCRIBE_CONFIGS.key:
        return { results: [] };
      case LIST_REASSIGNMENTS.key:
      case ELECT_LEADERS.key:
        return { errorCode: 0, errorMessage: null, partitions: [] };
      default:
        throw new Error(`request ${key} is not in this fake`);
    }
  }

  #alter(resourceName: string, configs: readonly Change[]) {
    const isRemoval = configs.every(
      ({ configOperation }) => configOperation === IncrementalAlterConfigOperationTypes.DELETE,
    );
    if (!isRemoval) this.set.push(...configs.map(({ name }) => `${resourceName} ${name}`));
    return { resourceName, errorCode: isRemoval && this.keepsThrottles ? 44 : 0, errorMessage: null };
  }
}

test('[RSG-20] a reassignment begun without a throttle sets none, also after one whose throttle could not be removed; that one ends all the same and says so', async () => {
  const cluster = new FakeCluster();
  let look: () => void = () => undefined;
  cluster.context.samplers.refreshNow = () => undefined;
  cluster.context.onTold(() => look());
  const reassignments = new Reassignments(cluster.context);
  const ended = () =>
    new Promise<NonNullable<ReassignView['run']>>((resolve, reject) => {
      // The timer also keeps the process alive: those of samplers do not.
      const timer = setTimeout(() => reject(new Error('it has not ended')), 20_000);
      look = () => {
        const run = reassignments.view({ query: '', state: null, offset: 0, limit: 10 })?.run ?? null;
        if (run === null || run.endedAtMs === null) return;
        clearTimeout(timer);
        resolve(run);
      };
    });
  const move = async (to: number, throttleBytesPerSecond: number | null) => {
    const request = { kind: 'byHand', topic: 't', partition: 0, replicas: [to] } as const;
    const { planId } = await reassignments.plan({ request });
    await reassignments.start({ planId, throttleBytesPerSecond });
    return ended();
  };
  try {
    cluster.keepsThrottles = true;
    const first = await move(2, 1_000_000);
    assert.equal(first.state, 'done');
    assert.match(first.warnings.join(), /It is still set/);
    assert.ok(cluster.set.includes('t follower.replication.throttled.replicas'), cluster.set.join());
    cluster.set.length = 0;
    const second = await move(3, null);
    assert.equal(second.state, 'done');
    assert.deepEqual(cluster.set, []);
  } finally {
    await reassignments.close();
    await cluster.context.connections.close();
  }
});
