'use client';
// A group's state as icon, word and colour; used wherever groups are listed.
import { type Level, StateWord } from '../../ui/notice.tsx';

const levels: Record<string, Level> = {
  stable: 'ok',
  preparingrebalance: 'notice',
  completingrebalance: 'notice',
  assigning: 'notice',
  reconciling: 'notice',
  empty: 'offline',
  dead: 'offline',
};
const words: Record<string, string> = {
  preparingrebalance: 'Preparing rebalance',
  completingrebalance: 'Completing rebalance',
};

export function GroupState({ state }: { state: string }) {
  const key = state.toLowerCase().replaceAll(/[^a-z]/g, '');
  return (
    <StateWord level={levels[key] ?? 'notice'}>
      {words[key] ?? (state === '' ? 'Unknown' : state.charAt(0).toUpperCase() + state.slice(1).toLowerCase())}
    </StateWord>
  );
}
