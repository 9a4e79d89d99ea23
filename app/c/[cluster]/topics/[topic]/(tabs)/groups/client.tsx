'use client';
import { useChannel } from '../../../../../../../components/live/use-channel.ts';
import { TopicGroups } from '../../../../../../../components/topic/topic-groups.tsx';
import { PageSkeleton } from '../../../../../../../components/ui/notice.tsx';
import type { TopicView } from '../../../../../../../server/live/contract.ts';

export function TopicGroupsClient({ name, initial }: { name: string; initial: TopicView | null }) {
  const { data } = useChannel('topic', { name }, { initial });
  return data ? <TopicGroups view={data} /> : <PageSkeleton what="groups of a topic" />;
}
