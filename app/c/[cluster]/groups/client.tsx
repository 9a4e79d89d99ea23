'use client';
import { Groups } from '../../../../components/groups/groups.tsx';
import type { GroupsView } from '../../../../server/live/contract.ts';

export function GroupsClient({ initial }: { initial: GroupsView | null }) {
  return <Groups initial={initial} />;
}
