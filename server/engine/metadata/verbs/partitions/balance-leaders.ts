// Time passing again: leadership goes back to the replicas that are to have it, where a broker leads too few of those
// (ReplicationControlManager.maybeBalancePartitionLeaders), and partitions without a leader are looked at once more.
import type { ControllerView, Decision } from '../../decision.ts';
import type { PartitionImage, TopicImage } from '../../image.ts';
import type { MetadataRecord } from '../../record.ts';
import { brokerSetting } from '../../settings.ts';
import { leaderless } from './leadership.ts';
import { Elections } from './partition-change.ts';

/** Per run; whoever keeps the time runs it again at once when it is reached (MAX_ELECTIONS_PER_IMBALANCE). */
export const MAX_ELECTIONS_PER_RUN = 1000;

/**
 * The reply counts the elections.
 * DIVERGES: leader.imbalance.per.broker.percentage decides as it did with ZooKeeper; KRaft balances whatever is out of place.
 */
export function decideBalanceLeaders(view: ControllerView): Decision<number> {
  const elections = new Elections(view);
  const records: MetadataRecord[] = [];
  for (const record of leaderless(view, elections.active)) {
    if (records.length >= MAX_ELECTIONS_PER_RUN) break;
    records.push(record);
  }
  if (brokerSetting(view.state, view.settings, 'auto.leader.rebalance.enable').toLowerCase() === 'true') {
    for (const { topic, partition } of outOfPlace(view)) {
      if (records.length >= MAX_ELECTIONS_PER_RUN) break;
      const change = elections.change(topic, partition, {}, 'preferred');
      if (change !== null && change.after.leader === partition.replicas[0]) records.push(change.record);
    }
  }
  return { records, reply: records.length };
}

interface Place {
  readonly topic: TopicImage;
  readonly partition: PartitionImage;
}

/** Led partitions of brokers that lead too few of those they are the first replica of. */
function* outOfPlace(view: ControllerView): Generator<Place> {
  const most = Number(brokerSetting(view.state, view.settings, 'leader.imbalance.per.broker.percentage')) / 100;
  const byPreferred = new Map<number, { total: number; elsewhere: Place[] }>();
  for (const topic of view.state.topics.values()) {
    for (const partition of topic.partitions) {
      const preferred = partition.replicas[0] ?? -1;
      const share = byPreferred.get(preferred) ?? { total: 0, elsewhere: [] };
      share.total++;
      if (partition.leader >= 0 && partition.leader !== preferred) share.elsewhere.push({ topic, partition });
      byPreferred.set(preferred, share);
    }
  }
  for (const { total, elsewhere } of byPreferred.values()) {
    if (elsewhere.length / total > most) yield* elsewhere;
  }
}
