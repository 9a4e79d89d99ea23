'use client';
import type { TopicView } from '../../server/live/contract.ts';
import { ActionLink } from '../live/action-button.tsx';
import { TopicGroupTable } from '../live/tables/group-table.tsx';
import { useChannel } from '../live/use-channel.ts';
import { useCluster } from '../live/use-connection.ts';
import { topicTabs } from '../topics/section.ts';
import { CopyBlock } from '../ui/copy-button.tsx';
import { Empty, PageSkeleton } from '../ui/notice.tsx';
// The groups that read a topic.
import type { TopicTabProps } from './topic-frame.tsx';

function TopicGroups({ view }: { view: TopicView }) {
  const servers = useCluster()?.bootstrapServers.join(',') ?? 'localhost:9092';
  if (view.groups === null) return <PageSkeleton what="groups" />;
  if (view.groups.length > 0) return <TopicGroupTable rows={view.groups} />;
  return (
    <Empty
      title="No group reads this topic"
      action={
        <ActionLink needs="traffic.startConsumer" look="primary" href="?traffic=1" scroll={false}>
          Start a test group
        </ActionLink>
      }
    >
      <p>A group appears as soon as a consumer of it joins or commits an offset here:</p>
      <CopyBlock what="kcat command" text={`kcat -b ${servers} -G my-group ${view.topic.name}`} />
    </Empty>
  );
}

export function TopicGroupsTab({ name, initial }: TopicTabProps) {
  const { data } = useChannel('topic', { name }, { initial });
  return data ? <TopicGroups view={data} /> : <PageSkeleton what={topicTabs.groups.noun} />;
}
