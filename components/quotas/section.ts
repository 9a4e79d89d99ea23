// What the rest of the dashboard knows of client quotas.
import { Gauge } from 'lucide-react';
import { part, section } from '../section.ts';

export const quotas = section({
  label: 'Quotas',
  title: 'Quotas',
  icon: Gauge,
  path: 'quotas',
  key: 'q',
  group: 'Access',
  noun: 'quotas',
  needs: 'quotas',
  actions: [{ label: 'Set a quota', query: '?new=1', needs: 'quota.alter' }],
  paths: (own) => ({ quotas: own, quota: (id: string) => `${own}?id=${part(id)}` }),
});
