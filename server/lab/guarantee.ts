// One sentence on what is at risk right now and what still holds, from one reading of the partitions. Used by lab.ts. Pure.
import type { LabView } from '../live/contract.ts';
import type { Placement } from './placement.ts';

const MAX_TOPICS_NAMED = 5;

/** The worst that is true. */
export function guaranteeOf({ topics, minInSync }: Placement): NonNullable<LabView['guarantee']> {
  const leaderlessTopics = topics
    .filter(({ partitions }) => partitions.some(({ leader }) => leader === null))
    .slice(0, MAX_TOPICS_NAMED)
    .map(({ name }) => name);
  return { ...worstOf(topics, minInSync), leaderlessTopics };
}

function worstOf(
  topics: Placement['topics'],
  minInSync: Placement['minInSync'],
): Pick<NonNullable<LabView['guarantee']>, 'level' | 'sentence'> {
  let leaderless = 0;
  let missing = 0;
  let singles = 0;
  /** Partitions whose only copy in sync a broker holds, though they should have more. */
  const alone = new Map<number, number>();
  for (const { leader, replicas, inSyncReplicas } of topics.flatMap(({ partitions }) => partitions)) {
    const [only] = inSyncReplicas;
    if (replicas.length === 1) singles += 1;
    if (leader === null) leaderless += 1;
    else if (inSyncReplicas.length < replicas.length) {
      missing += 1;
      if (inSyncReplicas.length === 1 && only !== undefined) alone.set(only, (alone.get(only) ?? 0) + 1);
    }
  }
  const oneCopy = [...alone.values()].reduce((sum, count) => sum + count, 0);
  if (leaderless > 0) {
    const them = leaderless === 1 ? 'it' : 'them';
    return {
      level: 'critical',
      sentence: `${count(leaderless, 'has', 'have')} no leader: nobody can read or write ${them}.`,
    };
  }
  const refused = topics.reduce((sum, topic) => sum + refusing(topic, minInSync?.get(topic.name)), 0);
  if (refused > 0) {
    const sentence = `${count(refused, 'refuses', 'refuse')} writes with acks=all: fewer copies are in sync than min.insync.replicas asks for. Reading goes on.`;
    return { level: 'critical', sentence };
  }
  if (oneCopy > 0) {
    const brokers = [...alone.keys()].sort((a, b) => a - b);
    const where = brokers.length === 1 ? `broker ${brokers[0]}` : `one of brokers ${brokers.join(', ')}`;
    const sentence = `${count(oneCopy, 'has', 'have')} one copy in sync: losing ${where} now would stop ${oneCopy === 1 ? 'it' : 'them'}.`;
    return { level: 'warn', sentence };
  }
  if (missing > 0) {
    const sentence = `${count(missing, 'misses', 'miss')} a copy, and each still has at least two in sync: one more broker can be lost.`;
    return { level: 'notice', sentence };
  }
  if (topics.length === 0) return { level: 'ok', sentence: 'There are no partitions yet, so nothing is at risk.' };
  if (singles > 0) {
    const sentence = `All copies are in sync. ${count(singles, 'has', 'have')} a single replica, and ${singles === 1 ? 'pauses' : 'pause'} while its broker is away.`;
    return { level: 'ok', sentence };
  }
  return {
    level: 'ok',
    sentence:
      'All copies of every partition are in sync: any one broker can be lost without losing an acknowledged record.',
  };
}

/** Partitions with a leader and fewer replicas in sync than the topic wants for a write with acks=all. */
function refusing({ partitions }: Placement['topics'][number], minInSync = 0): number {
  return partitions.filter(({ leader, inSyncReplicas }) => leader !== null && inSyncReplicas.length < minInSync).length;
}

function count(partitions: number, one: string, many: string): string {
  return partitions === 1 ? `1 partition ${one}` : `${partitions} partitions ${many}`;
}
