// The health of the cluster as a sentence with its causes, worst first. Pure.
import type { ClusterMetadata } from '../../client/metadata.ts';
import type { Health, HealthLevel, Problem } from '../../live/contract.ts';
import { offlinePartitions, refusingPartitions, underReplicatedPartitions } from './partitions.ts';

type Cause = Health['causes'][number];
const SEVERITY: Readonly<Record<HealthLevel, number>> = { ok: 0, notice: 1, warn: 2, critical: 3 };
/** Topics named one by one; the rest are counted. */
const NAMED_TOPICS = 5;

export interface HealthInput {
  readonly clusterId: string;
  readonly bootstrapServers: readonly string[];
  readonly metadata: ClusterMetadata;
  /** min.insync.replicas of topics that miss a replica, as far as it is known. */
  readonly minInSync: ReadonlyMap<string, number>;
  readonly problems: readonly Problem[];
}

export function clusterHealth(input: HealthInput): Health {
  const { clusterId, bootstrapServers, metadata, problems } = input;
  if (metadata.failure !== null) {
    const sentence = `No broker of this cluster answers: ${metadata.failure}. This page recovers by itself when one is back.`;
    return { level: 'critical', sentence, causes: [{ level: 'critical', sentence, href: null }] };
  }
  if (metadata.sampledAtMs === null) {
    return { level: 'notice', sentence: `Connecting to ${bootstrapServers.join(', ')}.`, causes: [] };
  }
  const causes: Cause[] = [
    ...missingBrokers(metadata, clusterId),
    ...partitionCauses(input),
    ...[...new Map(problems.map((problem) => [problem.brokerId ?? problem.sentence, problem])).values()].map(
      ({ sentence }) => ({ level: 'warn' as const, sentence, href: null }),
    ),
  ];
  causes.sort((left, right) => SEVERITY[right.level] - SEVERITY[left.level]);
  const worst = causes[0];
  if (worst === undefined) return { level: 'ok', sentence: okSentence(metadata), causes };
  const more = causes.length - 1;
  const sentence =
    more === 0 ? worst.sentence : `${worst.sentence} ${more} more ${more === 1 ? 'cause' : 'causes'} below.`;
  return { level: worst.level, sentence, causes };
}

function okSentence(metadata: ClusterMetadata): string {
  const brokers = metadata.brokers.size;
  const who = brokers === 1 ? 'The only broker is up' : `All ${brokers} brokers are up`;
  return metadata.partitionCount === 0
    ? `${who}; there are no topics yet.`
    : `${who} and every partition has a leader.`;
}

function missingBrokers(metadata: ClusterMetadata, clusterId: string): readonly Cause[] {
  const missing = [...metadata.knownBrokerIds].filter((id) => !metadata.brokers.has(id)).sort((a, b) => a - b);
  if (missing.length === 0) return [];
  const who = missing.length === 1 ? `Broker ${missing[0]} is down` : `Brokers ${missing.join(', ')} are down`;
  return [
    {
      level: 'warn',
      sentence: `${who}; ${metadata.brokers.size} of ${metadata.knownBrokerIds.size} are up.`,
      href: `/c/${encodeURIComponent(clusterId)}/brokers`,
    },
  ];
}

function partitionCauses({ metadata, minInSync, clusterId }: HealthInput): readonly Cause[] {
  const offline: Cause[] = [];
  const refusing: Cause[] = [];
  const underReplicated: Cause[] = [];
  for (const topic of metadata.topics.values()) {
    const href = `/c/${encodeURIComponent(clusterId)}/topics/${encodeURIComponent(topic.name)}/partitions`;
    const leaderless = offlinePartitions(topic);
    const behind = underReplicatedPartitions(topic);
    if (leaderless > 0) {
      const down = topic.partitions
        .filter(({ leader }) => leader === null)
        .flatMap(({ replicas }) => replicas.filter((id) => !metadata.brokers.has(id)));
      const why = down.length === 0 ? '' : ` while ${brokerList(down)} down`;
      const sentence = `${count(leaderless, 'partition')} of ${topic.name} ${leaderless === 1 ? 'has' : 'have'} no leader${why}.`;
      offline.push({ level: 'critical', sentence, href });
    }
    const least = minInSync.get(topic.name);
    const refused = refusingPartitions(topic, least);
    if (refused > 0) {
      const sentence = `${count(refused, 'partition')} of ${topic.name} ${refused === 1 ? 'refuses' : 'refuse'} writes with acks=all: fewer than ${least} replicas are in sync (min.insync.replicas).`;
      refusing.push({ level: 'critical', sentence, href });
    }
    if (behind > leaderless + refused) {
      const sentence = `${count(behind, 'partition')} of ${topic.name} ${behind === 1 ? 'has' : 'have'} fewer replicas in sync than configured.`;
      underReplicated.push({ level: 'warn', sentence, href });
    }
  }
  const list = `/c/${encodeURIComponent(clusterId)}/topics`;
  return [
    ...shortened(offline, (rest) => ({
      level: 'critical',
      sentence: `${rest} more topics have partitions without a leader.`,
      href: list,
    })),
    ...shortened(refusing, (rest) => ({
      level: 'critical',
      sentence: `${rest} more topics refuse writes with acks=all.`,
      href: list,
    })),
    ...shortened(underReplicated, (rest) => ({
      level: 'warn',
      sentence: `${rest} more topics are under-replicated.`,
      href: list,
    })),
  ];
}

function shortened(causes: readonly Cause[], more: (rest: number) => Cause): readonly Cause[] {
  if (causes.length <= NAMED_TOPICS) return causes;
  return [...causes.slice(0, NAMED_TOPICS), more(causes.length - NAMED_TOPICS)];
}

function brokerList(ids: readonly number[]): string {
  const unique = [...new Set(ids)].sort((left, right) => left - right);
  return unique.length === 1 ? `broker ${unique[0]} is` : `brokers ${unique.join(', ')} are`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
