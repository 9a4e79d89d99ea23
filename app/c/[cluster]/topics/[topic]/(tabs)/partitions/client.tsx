'use client';
import { useChannel } from '../../../../../../../components/live/use-channel.ts';
import { Partitions } from '../../../../../../../components/topic/partitions.tsx';
import { PageSkeleton } from '../../../../../../../components/ui/notice.tsx';
import type { TopicView } from '../../../../../../../server/live/contract.ts';

export function PartitionsClient({ name, initial }: { name: string; initial: TopicView | null }) {
  const { data } = useChannel('topic', { name }, { initial });
  return data ? <Partitions view={data} /> : <PageSkeleton what="partitions" />;
}
