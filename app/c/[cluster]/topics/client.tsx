'use client';
import { Topics } from '../../../../components/topics/topics.tsx';
import type { FirstPaint } from '../../../../server/live/contract.ts';

export function TopicsClient({ initial }: { initial: FirstPaint<'topics'> }) {
  return <Topics initial={initial} />;
}
