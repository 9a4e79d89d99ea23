'use client';
import { Broker } from '../../../../../components/brokers/broker.tsx';
import type { BrokersView } from '../../../../../server/live/contract.ts';

export function BrokerClient({ brokerId, initial }: { brokerId: number; initial: BrokersView | null }) {
  return <Broker brokerId={brokerId} initial={initial} />;
}
