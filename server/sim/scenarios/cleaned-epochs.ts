// A leader that learned the log from one that was cleaned, and a follower that was away meanwhile: its last leader epoch is one of which
// every record is gone.
import type { SimNode } from '../cluster.ts';
import { COMPACTED_TOPIC } from '../options.ts';
import { inSync, leader, replicaOf, type Scenario, setLinks } from './steps.ts';

const TOPIC = COMPACTED_TOPIC;
const configs = {
  'cleanup.policy': 'compact',
  'min.cleanable.dirty.ratio': '0.01',
  'min.insync.replicas': '1',
  'segment.ms': '200',
};

export const CLEANED_EPOCHS: Scenario = {
  name: 'a leader that learned of its epochs from a cleaned log',
  options: {
    brokers: 3,
    producers: 1,
    keyedWriters: 1,
    compactedTopic: { name: TOPIC, partitions: 1, replicationFactor: 3, configs },
  },
  async play(run) {
    const { canon, cluster } = run;
    const late = await leader(run, TOPIC);
    const [keeper, copier] = cluster.brokers.filter((node) => node !== late) as [SimNode, SimNode];
    const isInSync = (...ids: number[]) => inSync(run, TOPIC).toSorted().join() === ids.toSorted().join();
    await run.until(20_000, 'something is written', () => (replicaOf(run, copier, TOPIC)?.highWatermark ?? 0) > 5);
    cluster.kill(copier);
    await run.until(20_000, 'two are in sync', () => isInSync(late.id, keeper.id));

    cluster.kill(late);
    await run.until(20_000, 'another broker leads', () => canon.partition(TOPIC, 0)?.leader === keeper.id);
    const { leaderEpoch = -1 } = canon.partition(TOPIC, 0) ?? {};
    const beginning = keeper.logs.get(`${TOPIC}-0`)?.endOffset ?? 0;
    cluster.start(late);
    const reached = () => replicaOf(run, late, TOPIC)?.highWatermark ?? 0;
    await run.until(20_000, 'some of its epoch is copied', () => reached() > beginning + 5);
    setLinks(run, late, true);
    await run.until(20_000, 'it is alone in sync', () => isInSync(keeper.id));

    cluster.kill(keeper);
    cluster.start(keeper);
    await run.until(20_000, 'all but the beginning of that epoch is cleaned away', () => {
      const batches = keeper.logs.get(`${TOPIC}-0`)?.segments.flatMap((segment) => segment.batches) ?? [];
      const isOver = (batches.at(-1)?.epoch ?? 0) > leaderEpoch;
      return isOver && batches.filter(({ epoch }) => epoch === leaderEpoch).length <= 1;
    });
    cluster.start(copier);
    await run.until(20_000, 'its copy is in sync', () => isInSync(keeper.id, copier.id));
    cluster.kill(keeper);
    await run.until(20_000, 'the copy leads', () => replicaOf(run, copier, TOPIC)?.isLeader === true);
    setLinks(run, late, false);
    cluster.start(keeper);
    await run.until(20_000, 'all are in sync', () => isInSync(late.id, keeper.id, copier.id));
  },
};
