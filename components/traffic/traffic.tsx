'use client';
// The page of test traffic.
import type { TrafficView } from '../../server/live/contract.ts';
import { Reachability } from '../live/words/reachability.tsx';
import { Page, PageHeader } from '../ui/page.tsx';
import { traffic } from './section.ts';
import { DEFAULT_TRAFFIC_TOPIC } from './traffic-drawer.tsx';
import { TrafficPanel } from './traffic-panel.tsx';

export function Traffic({ initial }: { initial: TrafficView | null }) {
  return (
    <Page>
      <PageHeader
        title={traffic.title}
        facts="Ordinary Kafka clients, run by this server until you or the clock stop them."
      />
      <Reachability />
      <TrafficPanel topic={DEFAULT_TRAFFIC_TOPIC} initial={initial} />
    </Page>
  );
}
