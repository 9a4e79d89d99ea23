// What the rest of the dashboard knows of the cluster's features.
import { ToggleRight } from 'lucide-react';
import { section } from '../section.ts';

export const features = section({
  label: 'Features',
  title: 'Features',
  icon: ToggleRight,
  path: 'features',
  key: 'f',
  group: 'Cluster',
  noun: 'features',
  needs: 'features',
  paths: (own) => ({ features: own }),
});
