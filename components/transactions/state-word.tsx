'use client';
// A transaction's state as icon, word and colour.
import { type Level, StateWord } from '../ui/notice.tsx';

const states: Readonly<Record<string, readonly [Level, string]>> = {
  Ongoing: ['notice', 'Ongoing'],
  PrepareCommit: ['notice', 'Committing'],
  PrepareAbort: ['notice', 'Aborting'],
  PrepareEpochFence: ['notice', 'Fencing'],
  CompleteCommit: ['ok', 'Committed'],
  CompleteAbort: ['offline', 'Aborted'],
  Empty: ['offline', 'Empty'],
  Dead: ['offline', 'Dead'],
};
const groups: Readonly<Record<string, string>> = { active: 'Open or ending', hanging: 'Hanging' };

export const stateName = (state: string): string => groups[state] ?? states[state]?.[1] ?? state;

export function TransactionState({ state, doubt }: { state: string; doubt: string | null }) {
  if (doubt !== null)
    return (
      <span title={doubt}>
        <StateWord level="critical">Hanging</StateWord>
      </span>
    );
  const [level, name] = states[state] ?? ['notice', state];
  return <StateWord level={level}>{name}</StateWord>;
}
