'use client';
// The head that all tabs of a topic share, and the drawer that each of them can open.
import type { ReactNode } from 'react';
import type { TopicView } from '../../server/live/contract.ts';
import { useChannel } from '../live/use-channel.ts';
import { Page } from '../ui/page.tsx';
import { TopicHeader, TopicMissing } from './topic-header.tsx';

/** What each tab is given: the topic, and the server's reading for the first paint. */
export interface TopicTabProps {
  name: string;
  initial: TopicView | null;
}

export function TopicFrame({
  name,
  initial,
  drawer,
  children,
}: TopicTabProps & { drawer: ReactNode; children: ReactNode }) {
  const state = useChannel('topic', { name }, { initial });
  if (state.error?.name === 'UNKNOWN_TOPIC_OR_PARTITION') return <TopicMissing name={name} />;
  return (
    <Page>
      <TopicHeader name={name} state={state} />
      {state.data === undefined && state.error !== null ? null : children}
      {drawer}
    </Page>
  );
}
