'use client';
import { Reachability } from '../../../../components/live/reachability.tsx';
import { TrafficPanel } from '../../../../components/traffic/traffic-panel.tsx';
import { Page, PageHeader } from '../../../../components/ui/page.tsx';
import type { TrafficView } from '../../../../server/live/contract.ts';

export function TrafficClient({ initial }: { initial: TrafficView | null }) {
  return (
    <Page>
      <PageHeader
        title="Test traffic"
        facts="Ordinary Kafka clients, run by this server until you or the clock stop them."
      />
      <Reachability />
      <TrafficPanel topic="orders" initial={initial} />
    </Page>
  );
}
