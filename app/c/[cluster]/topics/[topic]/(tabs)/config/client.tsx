'use client';
import { TopicConfig } from '../../../../../../../components/topic/topic-config.tsx';

export function TopicConfigClient({ name }: { name: string }) {
  return <TopicConfig topic={name} />;
}
