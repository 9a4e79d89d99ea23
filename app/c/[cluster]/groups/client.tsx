'use client';
import { Groups } from '../../../../components/groups/groups.tsx';
import type { FirstPaint } from '../../../../server/live/contract.ts';

export function GroupsClient({ initial }: { initial: FirstPaint<'groups'> }) {
  return <Groups initial={initial} />;
}
