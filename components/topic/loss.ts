// What electing a leader out of sync would lose, from where the replicas are. Pure. Used by leaderless.tsx.
import type { PartitionRow } from '../../server/live/contract.ts';
import { plural } from '../ui/format.ts';

/** As many as one call takes. */
const MAX_ELECTIONS = 1_000;

export interface Leaderless {
  readonly partitions: readonly number[];
  /** Those with a replica on a broker that is up. */
  readonly electable: readonly number[];
  /** Brokers that are down and hold one of them. */
  readonly down: readonly number[];
  /** Brokers that are up and hold one of them. */
  readonly up: readonly number[];
}

/** `upBrokers` null: not known, so nothing is offered. */
export function leaderlessFacts(
  partitions: readonly PartitionRow[],
  upBrokers: ReadonlySet<number> | null,
): Leaderless {
  const without = partitions.filter(({ leader }) => leader === null);
  const holders = [...new Set(without.flatMap(({ replicas }) => replicas))].sort((a, b) => a - b);
  return {
    partitions: without.map(({ partition }) => partition),
    electable: without
      .filter(({ replicas }) => replicas.some((id) => upBrokers?.has(id)))
      .map(({ partition }) => partition)
      .slice(0, MAX_ELECTIONS),
    down: upBrokers === null ? [] : holders.filter((id) => !upBrokers.has(id)),
    up: upBrokers === null ? [] : holders.filter((id) => upBrokers.has(id)),
  };
}

const brokers = (ids: readonly number[]): string =>
  ids.length === 1 ? `broker ${ids[0]}` : `brokers ${ids.slice(0, -1).join(', ')} and ${ids.at(-1)}`;

export function lossSentences({ electable, down, up }: Leaderless): readonly string[] {
  const them = electable.length === 1 ? 'It' : 'They';
  return [
    `${plural(electable.length, 'partition')} of this topic ${electable.length === 1 ? 'gets' : 'get'} a leader from what is on ${brokers(up)}, though that was not in sync.`,
    down.length === 0
      ? 'The replica that had every acknowledged record is gone or empty: records that only it had are lost for good.'
      : `Acknowledged records that only ${brokers(down)} ${down.length === 1 ? 'has' : 'have'} are lost for good, also when ${down.length === 1 ? 'it comes' : 'they come'} back.`,
    `${them} may start empty, and consumers may find other records at offsets they have read.`,
  ];
}
