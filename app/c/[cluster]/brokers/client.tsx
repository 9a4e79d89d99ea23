'use client';
import { Brokers } from '../../../../components/brokers/brokers.tsx';
import type { BrokersView } from '../../../../server/live/contract.ts';

export function BrokersClient({ initial }: { initial: BrokersView | null }) {
  return <Brokers initial={initial} />;
}
