'use client';
import { Overview } from '../../../components/overview/overview.tsx';
import type { OverviewView } from '../../../server/live/contract.ts';

export function OverviewClient({ initial }: { initial: OverviewView | null }) {
  return <Overview initial={initial} />;
}
