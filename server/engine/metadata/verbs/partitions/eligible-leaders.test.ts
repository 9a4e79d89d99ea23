import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ErrorCode } from '../../../../protocol/errors.ts';
import { TestCluster } from '../../testing/cluster.ts';

/** One partition on [1, 2, 3], led by 1. */
function three(minInSync = 1): TestCluster {
  const cluster = new TestCluster({ 'min.insync.replicas': String(minInSync) }).start(1, 2, 3);
  cluster.create({ name: 'a', assignments: [{ partitionIndex: 0, brokerIds: [1, 2, 3] }] });
  return cluster;
}
const fence = (cluster: TestCluster, ...ids: number[]) => {
  for (const id of ids) cluster.beat(id, { wantFence: true });
};
/** The process ends and another begins. */
const restart = (cluster: TestCluster, id: number, o: { clean?: boolean; logDir?: number } = {}) => {
  cluster.disconnect(id);
  cluster.register(id, cluster.log.length, o);
  cluster.beat(id);
};
const setMinInSync = (cluster: TestCluster, resourceType: number, resourceName: string, value: string) => {
  const configs = [{ name: 'min.insync.replicas', value, configOperation: 0 }];
  const resources = [{ resourceType, resourceName, configs }];
  return cluster.run('incrementalAlterConfigs', { resources, validateOnly: false }).responses?.[0]?.errorCode;
};
/** [leader, in sync, eligible, last known]. */
const stateOf = (cluster: TestCluster) => {
  const { leader, inSyncReplicas, eligibleLeaderReplicas, lastKnownElr } = cluster.partition('a');
  return [leader, inSyncReplicas, eligibleLeaderReplicas, lastKnownElr];
};

test('[META-70] who leaves while fewer than min.insync.replicas stay in sync is eligible, until enough are in sync again', () => {
  const cluster = three(2);
  fence(cluster, 3);
  assert.deepEqual(stateOf(cluster), [1, [1, 2], [], []]);
  fence(cluster, 1);
  assert.deepEqual(stateOf(cluster), [2, [2], [1], []]);
  cluster.beat(1);
  assert.deepEqual(stateOf(cluster), [2, [2], [1], []], 'back, and not yet in sync');
  fence(cluster, 2);
  assert.deepEqual(stateOf(cluster), [1, [1], [2], []], 'it has all that was committed');
  cluster.beat(2);
  cluster.alterPartition('a', 0, [1, 2]);
  assert.deepEqual(stateOf(cluster), [1, [1, 2], [], []]);
});

test('[META-71] a clean restart keeps its place; without that proof a broker is neither in sync nor eligible', () => {
  const clean = three(2);
  fence(clean, 3, 2);
  assert.deepEqual(stateOf(clean), [1, [1], [2], []]);
  restart(clean, 2, { clean: true });
  assert.deepEqual(stateOf(clean), [1, [1], [2], []]);
  const unclean = three(2);
  fence(unclean, 3, 2);
  restart(unclean, 2);
  assert.deepEqual(stateOf(unclean), [1, [1], [], []]);
  fence(unclean, 1);
  assert.deepEqual(stateOf(unclean), [-1, [], [1], [1]], 'the one that is back lacks records');
});

test('[META-72] the last one that led leads again after a crash, when nobody is eligible any more', () => {
  const cluster = three();
  fence(cluster, 3, 2);
  cluster.disconnect(1);
  cluster.register(1, 50);
  assert.deepEqual(stateOf(cluster), [-1, [], [], [1]]);
  cluster.beat(2);
  cluster.beat(3);
  assert.deepEqual(stateOf(cluster), [-1, [], [], [1]]);
  cluster.beat(1);
  assert.deepEqual(stateOf(cluster), [1, [1], [], []]);
});

test('[META-73] a broker that comes back with another disk leads nothing of what it alone had, unless it is asked for', () => {
  const cluster = three();
  fence(cluster, 3, 2);
  restart(cluster, 1, { logDir: 7 });
  assert.deepEqual(stateOf(cluster), [-1, [], [], [1]]);
  cluster.run('balanceLeaders', null);
  assert.equal(cluster.partition('a').leader, -1);
  const topicPartitions = [{ topic: 'a', partitions: [0] }];
  const elect = () => cluster.run('electLeaders', { electionType: 1, topicPartitions, timeoutMs: 0 });
  assert.equal(elect().replicaElectionResults?.[0]?.partitionResult?.[0]?.errorCode, ErrorCode.NONE);
  assert.deepEqual(stateOf(cluster), [1, [1], [], []]);
  restart(cluster, 1, { logDir: 7 });
  assert.deepEqual(stateOf(cluster), [1, [1], [], []], 'its log is known to be on the new disk now');
});

test('[META-74] an election that may lose records takes a broker with its old disk before one without', () => {
  const cluster = three();
  fence(cluster, 1, 2, 3);
  restart(cluster, 1, { logDir: 7 });
  restart(cluster, 2);
  const topicPartitions = [{ topic: 'a', partitions: [0] }];
  cluster.run('electLeaders', { electionType: 1, topicPartitions, timeoutMs: 0 });
  assert.equal(cluster.partition('a').leader, 2);
});

test('[META-75] where fewer replicas need to be in sync than before, nobody stays eligible; one broker alone cannot have a number of its own', () => {
  for (const [resourceType, name] of [
    [2, 'a'],
    [4, ''],
  ] as const) {
    const cluster = three(2);
    fence(cluster, 3, 2);
    assert.equal(setMinInSync(cluster, resourceType, name, '3'), ErrorCode.NONE);
    assert.deepEqual(stateOf(cluster), [1, [1], [2], []]);
    assert.equal(setMinInSync(cluster, resourceType, name, '1'), ErrorCode.NONE);
    assert.deepEqual(stateOf(cluster), [1, [1], [], []]);
  }
  assert.equal(setMinInSync(three(), 4, '1', '2'), ErrorCode.INVALID_CONFIG);
});

test('[META-76] a broker that is unregistered is neither in sync nor eligible anywhere', () => {
  const cluster = three(2);
  fence(cluster, 3, 2);
  assert.deepEqual(cluster.run('unregisterBroker', { brokerId: 2 }), { errorCode: ErrorCode.NONE });
  assert.deepEqual(stateOf(cluster), [1, [1], [], []]);
  assert.equal(cluster.state.brokers.has(2), false);
  assert.equal(cluster.run('unregisterBroker', { brokerId: 2 }).errorCode, ErrorCode.BROKER_ID_NOT_REGISTERED);
});

/** What every replica holds, as far as committed records go: a model beside the machine. */
class Holdings {
  committed = 0;
  readonly #held = new Map<number, number>();
  #leader = 1;
  #inSync: readonly number[] = [];

  /** A broker that ended without proof may have lost the newest records. */
  lose(id: number): void {
    this.#held.set(id, Math.max(0, (this.#held.get(id) ?? 0) - 1));
  }
  /** True when the partition was led again by one that lacked committed records. */
  follow(cluster: TestCluster): boolean {
    const { leader, inSyncReplicas, replicas } = cluster.partition('a');
    const lacks = leader !== this.#leader && leader !== -1 && (this.#held.get(leader) ?? 0) < this.committed;
    if (lacks) this.committed = this.#held.get(leader) ?? 0;
    // Joining the in-sync replicas is having everything.
    for (const id of inSyncReplicas) if (!this.#inSync.includes(id)) this.#held.set(id, this.committed);
    for (const id of this.#held.keys()) if (!replicas.includes(id)) this.#held.delete(id);
    this.#leader = leader;
    this.#inSync = inSyncReplicas;
    return lacks;
  }
  /** A leader proposes whoever has all that it has. */
  catchUp(ids: readonly number[]): void {
    for (const id of ids) this.#held.set(id, this.committed);
  }
  commit(minInSync: number, replicas: number): void {
    if (this.#leader === -1 || this.#inSync.length < Math.min(minInSync, replicas)) return;
    this.committed++;
    for (const id of this.#inSync) this.#held.set(id, this.committed);
  }
}

const id = fc.integer({ min: 1, max: 4 });
const move = fc.oneof(
  id.map((broker) => ({ kind: 'fence' as const, broker })),
  id.map((broker) => ({ kind: 'clean' as const, broker })),
  id.map((broker) => ({ kind: 'crash' as const, broker })),
  fc.constant({ kind: 'join' as const }),
  fc.constant({ kind: 'commit' as const }),
  fc.integer({ min: 1, max: 3 }).map((minimum) => ({ kind: 'minimum' as const, minimum })),
  fc
    .option(fc.uniqueArray(id, { minLength: 1, maxLength: 3 }), { freq: 5 })
    .map((replicas) => ({ kind: 'reassign' as const, replicas })),
);

test('[META-77] whatever brokers and reassignments do, who is elected has every committed record, but for the last known leader after a crash', () => {
  let elections = 0;
  let fromEligible = 0;
  fc.assert(
    fc.property(fc.array(move, { minLength: 10, maxLength: 60, size: 'max' }), (moves) => {
      const cluster = three(2).start(4);
      const holdings = new Holdings();
      let minimum = 2;
      holdings.follow(cluster);
      for (const step of moves) {
        const before = cluster.partition('a');
        const length = cluster.log.length;
        let lacked = false;
        if (step.kind === 'fence') fence(cluster, step.broker);
        if (step.kind === 'clean') restart(cluster, step.broker, { clean: true });
        if (step.kind === 'crash') {
          cluster.disconnect(step.broker);
          cluster.register(step.broker, cluster.log.length);
          lacked = holdings.follow(cluster);
          holdings.lose(step.broker);
          const { inSyncReplicas, eligibleLeaderReplicas } = cluster.partition('a');
          assert.ok(![...inSyncReplicas, ...eligibleLeaderReplicas].includes(step.broker));
          cluster.beat(step.broker);
        }
        if (step.kind === 'join') {
          const live = (one: number) => cluster.state.brokers.get(one)?.isFenced === false;
          const wanted = before.replicas.filter(live);
          const { errorCode } = cluster.alterPartition('a', 0, wanted);
          const isTaken = errorCode === ErrorCode.NONE || errorCode === ErrorCode.NEW_LEADER_ELECTED;
          if (before.leader !== -1 && isTaken) holdings.catchUp(wanted);
        }
        if (step.kind === 'commit') holdings.commit(minimum, before.replicas.length);
        if (step.kind === 'minimum') {
          setMinInSync(cluster, 2, 'a', String(step.minimum));
          minimum = step.minimum;
        }
        if (step.kind === 'reassign') {
          const topics = [{ name: 'a', partitions: [{ partitionIndex: 0, replicas: step.replicas }] }];
          cluster.run('alterReassignments', { topics, timeoutMs: 0, allowReplicationFactorChange: true });
        }
        const after = cluster.partition('a');
        if (after.leader !== before.leader && after.leader !== -1) elections++;
        if (before.eligibleLeaderReplicas.includes(after.leader) && before.leader === -1) fromEligible++;
        if (holdings.follow(cluster)) lacked = true;
        const named = cluster.log
          .slice(length)
          .flatMap(({ kind, body }) => (kind === 'partitionChange' ? (body.lastKnownElr ?? []) : []));
        const wasLastKnown = [...before.lastKnownElr, ...named].includes(after.leader);
        if (lacked) assert.ok(wasLastKnown, `leader ${after.leader} lacks records after ${JSON.stringify(step)}`);
      }
    }),
    { numRuns: 300 },
  );
  assert.ok(elections > 300, `${elections} elections`);
  assert.ok(fromEligible > 30, `${fromEligible} from the eligible`);
});
