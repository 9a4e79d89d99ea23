// What the rest of the dashboard knows of brokers.
import { Server } from 'lucide-react';
import { section } from '../section.ts';

export const brokers = section({
  label: 'Brokers',
  title: 'Brokers',
  icon: Server,
  path: 'brokers',
  key: 'b',
  group: 'Cluster',
  noun: 'brokers',
  needs: 'brokers',
  phone: 4,
  pages: [{ path: ':broker', noun: 'a broker' }],
  paths: (own) => ({ brokers: own, broker: (brokerId: number) => `${own}/${brokerId}` }),
});
