// Rare branches that a run went through. A batch of runs that never came by one of them proves little about it.

export const MARKS = [
  'follower-truncated',
  'isr-shrunk',
  'isr-expanded',
  'leader-elected',
  'broker-fenced',
  'epoch-fenced',
  'coordinator-reloaded',
  'segment-rolled',
  'rebalanced',
  'member-expired',
  'recovery-cut-tail',
  'produce-timed-out',
  'not-enough-replicas',
  'duplicate-recognised',
  'controller-restarted',
  'transaction-committed',
  'transaction-aborted',
  'transaction-fenced',
  'zombie-fenced',
  'partitions-assigned',
  'assigned-member-fenced',
  'reassigned',
  'offsets-committed-in-transaction',
  'offsets-aborted',
  'copier-fenced',
  'log-cleaned',
  'offsets-cleaned',
  'transactions-cleaned',
  'batch-compressed',
  'retention-deleted',
  'follower-rested',
] as const;
export type MarkName = (typeof MARKS)[number];

export class Marks {
  readonly #counts = new Map<MarkName, number>();
  hit(name: MarkName): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }
  get(name: MarkName): number {
    return this.#counts.get(name) ?? 0;
  }
  entries(): [MarkName, number][] {
    return MARKS.map((name) => [name, this.get(name)]);
  }
}
