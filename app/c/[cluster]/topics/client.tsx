'use client';
import { Topics } from '../../../../components/topics/topics.tsx';
import type { TopicsView } from '../../../../server/live/contract.ts';

export function TopicsClient({ initial }: { initial: TopicsView | null }) {
  return <Topics initial={initial} />;
}
