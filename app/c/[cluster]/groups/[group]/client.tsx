'use client';
import { Group } from '../../../../../components/group/group.tsx';
import type { GroupView } from '../../../../../server/live/contract.ts';

export function GroupClient({ groupId, initial }: { groupId: string; initial: GroupView | null }) {
  return <Group groupId={groupId} initial={initial} />;
}
