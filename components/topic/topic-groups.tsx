'use client';
// The groups that read a topic.
import type { TopicView } from '../../server/live/contract.ts';
import { TopicGroupTable } from '../live/group-table.tsx';
import { useCluster } from '../live/use-connection.ts';
import { ButtonLink } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { Empty, PageSkeleton } from '../ui/notice.tsx';

export function TopicGroups({ view }: { view: TopicView }) {
  const servers = useCluster()?.bootstrapServers.join(',') ?? 'localhost:9092';
  if (view.groups === null) return <PageSkeleton what="groups" />;
  if (view.groups.length > 0) return <TopicGroupTable rows={view.groups} />;
  return (
    <Empty
      title="No group reads this topic"
      action={
        <ButtonLink look="primary" href="?traffic=1" scroll={false}>
          Start a test group
        </ButtonLink>
      }
    >
      <p>A group appears as soon as a consumer of it joins or commits an offset here:</p>
      <CopyBlock what="kcat command" text={`kcat -b ${servers} -G my-group ${view.topic.name}`} />
    </Empty>
  );
}
