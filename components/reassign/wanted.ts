// What the address asks for, as a request to plan, and in words. Pure.
import {
  REASSIGN_AT_ONCE,
  type ReassignKind,
  type ReassignParams,
  type ReassignRequest,
  type ReassignRun,
} from '../../server/live/contract.ts';
import { bytes, bytesPerSecond, plural } from '../ui/format.ts';

/** Rows of one page, in the plan and in the progress. */
export const PAGE_ROWS = 50;
export const moveStates = ['waiting', 'moving', 'done', 'failed', 'cancelled'] as const;
export const kinds = ['spread', 'drain', 'replicationFactor', 'byHand'] as const satisfies readonly ReassignKind[];

export interface Wanted {
  readonly kind: ReassignKind | '';
  readonly broker: string;
  readonly topic: string;
  readonly partition: string;
  readonly factor: string;
  readonly replicas: readonly number[] | null;
}

/** Null while the address does not say enough. */
export function requestOf({ kind, broker, topic, partition, factor, replicas }: Wanted): ReassignRequest | null {
  switch (kind) {
    case 'spread':
      return { kind };
    case 'drain':
      return isWhole(broker) ? { kind, brokerId: Number(broker) } : null;
    case 'replicationFactor': {
      const replicationFactor = Number(factor);
      const isFactor = isWhole(factor) && replicationFactor >= 1 && replicationFactor <= 100;
      return topic !== '' && isFactor ? { kind, topic, replicationFactor } : null;
    }
    case 'byHand':
      return topic !== '' && isWhole(partition) && replicas !== null && replicas.length > 0
        ? { kind, topic, partition: Number(partition), replicas }
        : null;
    default:
      return null;
  }
}

function isWhole(text: string): boolean {
  return /^\d{1,6}$/.test(text);
}

/** Megabytes a second as typed → bytes a second; null: no limit; undefined: not a rate. */
export function throttleOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  if (!/^\d{1,6}([.]\d{1,3})?$/.test(text.trim())) return undefined;
  const bytes = Math.round(Number(text) * 1_000_000);
  return bytes >= 1_000 ? bytes : undefined;
}

/** "at least 12 s", by what the busiest broker has to send or receive. */
export function shortestTime(busiestBrokerBytes: number, bytesPerSecond: number | null): string | null {
  if (bytesPerSecond === null || busiestBrokerBytes === 0) return null;
  return `at least ${timeLeft(Math.max(1, Math.ceil(busiestBrokerBytes / bytesPerSecond)))}`;
}

/** "8 s", "3 min", "1 h 5 min". */
export function timeLeft(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

const goals = {
  spread: () => 'Spread over all brokers',
  drain: ({ brokerId }: Extract<ReassignRequest, { kind: 'drain' }>) => `Drain broker ${brokerId}`,
  replicationFactor: ({ topic, replicationFactor }: Extract<ReassignRequest, { kind: 'replicationFactor' }>) =>
    `Give ${topic} ${plural(replicationFactor, 'replica')}`,
  byHand: ({ topic, partition }: Extract<ReassignRequest, { kind: 'byHand' }>) =>
    `Move partition ${partition} of ${topic}`,
};

export function goalOf(request: ReassignRequest | null): string {
  if (request === null) return 'Reassignment begun elsewhere';
  switch (request.kind) {
    case 'spread':
      return goals.spread();
    case 'drain':
      return goals.drain(request);
    case 'replicationFactor':
      return goals.replicationFactor(request);
    case 'byHand':
      return goals.byHand(request);
  }
}

/** What becomes of moves that wait for a place, said before they begin; null where all go to the cluster at once. */
export function inPortions(partitions: number): string | null {
  if (partitions <= REASSIGN_AT_ONCE) return null;
  return `The cluster is given ${REASSIGN_AT_ONCE} partitions at a time and finishes those whatever happens here. The others wait in this dashboard: if it is restarted they stay where they are, and this page then plans them again.`;
}

/** The same while they wait; null when none does. */
export function notGivenYet({ request, counts, endedAtMs }: ReassignRun): string | null {
  if (request === null || counts.waiting === 0 || endedAtMs !== null) return null;
  return `${plural(counts.waiting, 'partition waits', 'partitions wait')} in this dashboard until the cluster has room. If it is restarted before, ${counts.waiting === 1 ? 'that one stays where it is' : 'those stay where they are'}. Planning the same again is then what is left:`;
}

/** The query of the page that plans this. */
export function queryOf(request: ReassignRequest): string {
  const query = new URLSearchParams({ kind: request.kind });
  if (request.kind === 'drain') query.set('broker', String(request.brokerId));
  if (request.kind === 'replicationFactor' || request.kind === 'byHand') query.set('topic', request.topic);
  if (request.kind === 'replicationFactor') query.set('factor', String(request.replicationFactor));
  if (request.kind === 'byHand') {
    query.set('partition', String(request.partition));
    query.set('replicas', request.replicas.join(','));
  }
  return query.toString();
}

/** How a run ended, in a sentence or three. */
export function endOf({
  state,
  counts,
  elections,
  copiedBytes,
  bytesPerSecond: rate,
  startedAtMs,
  endedAtMs,
}: ReassignRun): string {
  const took = endedAtMs === null ? '' : ` in ${timeLeft(Math.max(1, Math.round((endedAtMs - startedAtMs) / 1000)))}`;
  const copied =
    copiedBytes === 0 ? '' : `, ${bytes(copiedBytes)} copied${rate === null ? '' : ` at ${bytesPerSecond(rate)}`}`;
  const sentences = [`${plural(counts.done, 'partition')} moved${took}${copied}.`];
  if (state === 'cancelled')
    sentences.push(
      `${plural(counts.cancelled, 'partition')} stayed or went back where ${counts.cancelled === 1 ? 'it was' : 'they were'}.`,
    );
  else if (counts.cancelled > 0) sentences.push(`${plural(counts.cancelled, 'partition')} went back.`);
  if (counts.failed > 0) sentences.push(`${plural(counts.failed, 'partition')} failed.`);
  if (elections > 0 && state === 'done') sentences.push(`${plural(elections, 'leader')} changed.`);
  return sentences.join(' ');
}

/** Share of the bytes that is copied, or of the partitions where there is nothing to copy. 0 to 1. */
export function shareDone({
  bytes: total,
  copiedBytes,
  counts,
}: Pick<ReassignRun, 'bytes' | 'copiedBytes' | 'counts'>): number {
  const settled = counts.done + counts.failed + counts.cancelled;
  const all = settled + counts.waiting + counts.moving;
  if (total > 0) return Math.min(1, copiedBytes / total);
  return all === 0 ? 1 : settled / all;
}

/** What the channel is asked for, read from the address: by the page for its first paint, and in the browser. */
export function progressParams(read: (name: string) => string): ReassignParams {
  const page = Number(read('page'));
  return {
    query: read('q').trim(),
    state: moveStates.find((state) => state === read('state')) ?? null,
    offset: Number.isInteger(page) && page > 1 && page < 1_000_000 ? (page - 1) * PAGE_ROWS : 0,
    limit: PAGE_ROWS,
  };
}
