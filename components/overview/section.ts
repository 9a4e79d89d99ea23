// What the rest of the dashboard knows of the overview.
import { Activity } from 'lucide-react';
import { section } from '../section.ts';

export const overview = section({
  label: 'Overview',
  title: 'Overview',
  icon: Activity,
  path: '',
  key: 'o',
  group: 'Watch',
  noun: 'the overview',
  needs: 'overview',
  phone: 1,
  paths: (own) => ({ overview: own }),
});
