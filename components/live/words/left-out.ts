// What a topic's count of records leaves out. Pure; called where the count is shown.
import type { TopicRow } from '../../../server/live/contract.ts';
import { plural } from '../../ui/format.ts';

/** Null when the count is whole. */
export function leftOutOfRecords({ offlinePartitions }: Pick<TopicRow, 'offlinePartitions'>): string | null {
  if (offlinePartitions === 0) return null;
  const are = offlinePartitions === 1 ? 'is' : 'are';
  return `${plural(offlinePartitions, 'partition')} without a leader ${are} not counted`;
}
