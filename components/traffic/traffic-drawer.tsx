'use client';
// The traffic panel as a drawer over any page: ?traffic=1, with the page's topic filled in.
import { useParams } from 'next/navigation';
import { Drawer } from '../ui/dialog.tsx';
import { flagField } from '../ui/hooks/url-field.ts';
import { useUrlState } from '../ui/hooks/use-url-state.ts';
import { TrafficPanel } from './traffic-panel.tsx';

const fields = { traffic: flagField() };
export const DEFAULT_TRAFFIC_TOPIC = 'orders';

export function TrafficDrawer() {
  const [{ traffic }, set] = useUrlState(fields);
  const { topic } = useParams<{ topic?: string }>();
  return (
    <Drawer
      isOpen={traffic}
      onClose={() => set({ traffic: false })}
      title="Test traffic"
      description="Ordinary Kafka clients, run by this server until you or the clock stop them."
      testId="traffic-drawer"
    >
      <TrafficPanel topic={topic === undefined ? DEFAULT_TRAFFIC_TOPIC : decodeURIComponent(topic)} />
    </Drawer>
  );
}
