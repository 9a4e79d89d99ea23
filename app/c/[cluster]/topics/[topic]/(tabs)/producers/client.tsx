'use client';
import { useChannel } from '../../../../../../../components/live/use-channel.ts';
import { Producers } from '../../../../../../../components/topic/producers.tsx';
import { PageSkeleton } from '../../../../../../../components/ui/notice.tsx';
import type { TopicView } from '../../../../../../../server/live/contract.ts';

export function ProducersClient({ name, initial }: { name: string; initial: TopicView | null }) {
  const { data } = useChannel('topic', { name }, { initial });
  return data ? <Producers view={data} /> : <PageSkeleton what="producers" />;
}
