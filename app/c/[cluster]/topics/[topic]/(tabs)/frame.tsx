'use client';
// The head that all tabs of a topic share, and the produce drawer that each of them can open.
import type { ReactNode } from 'react';
import { useChannel } from '../../../../../../components/live/use-channel.ts';
import { ProduceDrawer } from '../../../../../../components/produce/produce-drawer.tsx';
import { TopicHeader, TopicMissing } from '../../../../../../components/topic/topic-header.tsx';
import { Page } from '../../../../../../components/ui/page.tsx';
import type { TopicView } from '../../../../../../server/live/contract.ts';

export function TopicFrame({
  name,
  initial,
  children,
}: {
  name: string;
  initial: TopicView | null;
  children: ReactNode;
}) {
  const state = useChannel('topic', { name }, { initial });
  if (state.error?.name === 'UNKNOWN_TOPIC_OR_PARTITION') return <TopicMissing name={name} />;
  return (
    <Page>
      <TopicHeader name={name} state={state} />
      {state.data === undefined && state.error !== null ? null : children}
      <ProduceDrawer topic={name} partitions={state.data?.topic.partitions ?? 1} />
    </Page>
  );
}
