// Named interleavings, played by hand on a cluster that is otherwise well: each is a story that once went wrong somewhere, or would be
// the first to. `npm run sim -- --scenario` lists them; every seed plays them with other timings.
import { alterPartitionReassignments } from '../../protocol/schema/45-alter-partition-reassignments.ts';
import { holds } from '../checkers/violation.ts';
import { Client } from '../clients/client.ts';
import type { SimNode } from '../cluster.ts';
import { NO_FAULTS, type SimOptions, swarm } from '../options.ts';
import type { Prng } from '../world/prng.ts';
import { CLEANED_EPOCHS } from './cleaned-epochs.ts';
import { inSync, leader, leaderOf, replicaOf, type Scenario, setLinks } from './steps.ts';

/** The seed's cluster without faults, with one topic `t0` of factor 3 that is written to all the time. */
export function plain(prng: Prng, more: Partial<SimOptions>): SimOptions {
  const options = swarm(prng);
  const configs = { 'min.insync.replicas': '2' };
  return {
    ...options,
    faults: NO_FAULTS,
    safetyMs: 60_000,
    topics: [{ name: 't0', partitions: 1, replicationFactor: 3, configs }],
    // Nobody asks for elections or moves replicas but the scenario.
    adminPauseMs: Number.POSITIVE_INFINITY,
    settings: { ...options.settings, 'leader.imbalance.check.interval.seconds': '300' },
    producers: 2,
    pauseMs: 80,
    groups: 1,
    membersPerGroup: 1,
    transactors: 0,
    assignedMembers: 0,
    copiers: 0,
    keyedWriters: 0,
    expiringProducers: 0,
    delayMs: 1,
    flushMs: 5,
    ...more,
  };
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a leader killed between append and commit',
    options: {},
    async play(run) {
      for (let round = 0; round < 3; round++) {
        const led = await leader(run);
        await run.until(15_000, 'something is appended and not committed', () => {
          const replica = replicaOf(run, led);
          return replica != null && replica.leadership !== null && replica.log.endOffset > replica.highWatermark;
        });
        run.cluster.kill(led);
        await run.until(15_000, 'another broker leads', () => ![led, undefined].includes(leaderOf(run)));
        run.cluster.start(led);
        await run.until(20_000, 'all are in sync', () => inSync(run).length === 3);
      }
    },
  },
  {
    name: 'an isolated leader and its zombie writes',
    options: {},
    async play(run) {
      const old = await leader(run);
      setLinks(run, old, true);
      await run.until(20_000, 'another broker leads', () => ![old, undefined].includes(leaderOf(run)));
      const replica = replicaOf(run, old);
      holds(18, replica?.leadership != null, () => `${old.name} does not believe any more that it leads`);
      const before = replica?.highWatermark ?? 0;
      const fresh = leaderOf(run) as SimNode;
      await run.until(15_000, 'the new leader commits', () => (replicaOf(run, fresh)?.highWatermark ?? 0) > before);
      holds(4, replica?.highWatermark === before, () => `${old.name} commits though it is alone`);
      setLinks(run, old, false);
      await run.until(20_000, 'all are in sync', () => inSync(run).length === 3);
    },
  },
  {
    name: 'the controller dies during a reassignment',
    options: { brokers: 4 },
    async play(run) {
      await leader(run);
      const before = run.canon.partition('t0', 0)?.replicas ?? [];
      const fresh = [1, 2, 3, 4].find((id) => !before.includes(id)) ?? 4;
      const replicas = [fresh, ...before.slice(1)];
      const client = new Client(run.clientOptions('mover'));
      const topics = [{ name: 't0', partitions: [{ partitionIndex: 0, replicas }] }];
      await client.ask(client.anyBroker(), alterPartitionReassignments, 0, { timeoutMs: 5000, topics }, 8000);
      await run.until(
        10_000,
        'the reassignment is written',
        () => run.canon.partition('t0', 0)?.replicas.includes(fresh) === true,
      );
      run.cluster.losePower(run.cluster.controller);
      const { nowMs } = run.scheduler;
      await run.until(5000, 'some time is over', () => run.scheduler.nowMs > nowMs + 2000);
      run.cluster.start(run.cluster.controller);
      await run.until(40_000, 'the replicas are where they were to go', () => {
        const now = run.canon.partition('t0', 0);
        return now?.replicas.join() === replicas.join() && now.inSyncReplicas.length === 3;
      });
    },
  },
  {
    name: 'the last replica standing',
    options: { brokers: 3 },
    async play(run) {
      const last = await leader(run);
      const others = run.cluster.brokers.filter((node) => node !== last);
      for (const node of others) run.cluster.kill(node);
      await run.until(20_000, 'it is alone in sync', () => inSync(run).join() === String(last.id));
      run.cluster.kill(last);
      for (const node of others) run.cluster.start(node);
      await run.until(20_000, 'the others are back', () => others.every((node) => node.running !== null));
      const { nowMs } = run.scheduler;
      await run.until(9000, 'it is waited for', () => {
        const leads = run.canon.partition('t0', 0)?.leader ?? -1;
        holds(10, leads === -1 || leads === last.id, () => `broker ${leads} leads, without what ${last.id} committed`);
        return run.scheduler.nowMs > nowMs + 6000;
      });
      run.cluster.start(last);
      await run.until(30_000, 'it leads', () => leaderOf(run) === last);
      await run.until(20_000, 'all are in sync', () => inSync(run).length === 3);
    },
  },
  {
    name: 'a deposed leader whose power fails after it was cut',
    // It goes on in another file where it was cut, and flushes end long after that.
    options: {
      flushMs: 300,
      producers: 8,
      topics: [
        {
          name: 't0',
          partitions: 1,
          replicationFactor: 3,
          configs: { 'min.insync.replicas': '2', 'segment.ms': '200' },
        },
      ],
    },
    async play(run) {
      let count = 0;
      for (let round = 0; round < 5; round++) {
        const old = await leader(run);
        const replica = replicaOf(run, old);
        const committed = replica?.highWatermark ?? 0;
        await run.until(20_000, 'it commits', () => (replica?.highWatermark ?? 0) > committed);
        setLinks(run, old, true);
        const epoch = replica?.leaderEpoch ?? 0;
        await run.until(20_000, 'another broker leads', () => ![old, undefined].includes(leaderOf(run)));
        const fresh = await leader(run);
        const isNew = () => (replicaOf(run, fresh)?.leaderEpoch ?? 0) > epoch;
        await run.until(5000, 'it knows that it leads', isNew);
        const parting = replicaOf(run, fresh)?.log.endOffsetForEpoch(epoch).endOffset ?? 0;
        const flushed = () => replica?.log.recoveryPoint ?? 0;
        const isAhead = flushed() > parting;
        setLinks(run, old, false);
        if (isAhead) {
          await run.until(20_000, 'what it alone had flushed is cut', () => flushed() <= parting);
          const segments = replica?.log.segmentCount ?? 0;
          await run.until(20_000, 'it goes on in another file', () => (replica?.log.segmentCount ?? 0) > segments);
          run.nemesis.losePower(old);
          await run.until(20_000, 'it is back', () => !run.nemesis.isVictim(old.id));
          count++;
        }
        await run.until(20_000, 'all are in sync', () => inSync(run).length === 3);
      }
      holds(18, count > 0, () => 'scenario: no leader had flushed what nobody else had');
    },
  },
  CLEANED_EPOCHS,
];
