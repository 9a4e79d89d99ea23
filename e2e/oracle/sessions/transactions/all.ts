// All sessions about transactions, long ones first.
import type { Session } from '../../talk.ts';
import { epochSessions } from './epochs.ts';
import { lifeSessions } from './lives.ts';
import { markerSessions } from './markers.ts';
import { offsetSessions } from './offsets.ts';
import { partitionSessions } from './partitions.ts';
import { seenSessions } from './seen.ts';

export const transactionSessions: readonly Session[] = [
  ...epochSessions,
  ...partitionSessions,
  ...lifeSessions,
  ...markerSessions,
  ...offsetSessions,
  ...seenSessions,
];
