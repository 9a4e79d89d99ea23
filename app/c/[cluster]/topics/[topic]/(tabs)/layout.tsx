import type { ReactNode } from 'react';
import { ProduceDrawer } from '../../../../../../components/produce/produce-drawer.tsx';
import { TopicFrame } from '../../../../../../components/topic/topic-frame.tsx';
import { firstPaint, segment } from '../../../../../first-paint.ts';

type Params = Promise<{ cluster: string; topic: string }>;

export default async function TopicLayout({ children, params }: { children: ReactNode; params: Params }) {
  const { cluster, topic } = await params;
  const name = segment(topic);
  return (
    <TopicFrame
      name={name}
      initial={await firstPaint(cluster, 'topic', { name })}
      drawer={<ProduceDrawer topic={name} />}
    >
      {children}
    </TopicFrame>
  );
}
