import type { ReactNode } from 'react';
import { firstPaint, segment } from '../../../../../first-paint.ts';
import { TopicFrame } from './frame.tsx';

export default async function TopicLayout({
  children,
  params,
}: {
  children: ReactNode;
  params: Promise<{ cluster: string; topic: string }>;
}) {
  const { cluster, topic } = await params;
  const name = segment(topic);
  return (
    <TopicFrame name={name} initial={await firstPaint(cluster, 'topic', { name })}>
      {children}
    </TopicFrame>
  );
}
