// What the rest of the dashboard knows of test traffic.
import { Boxes } from 'lucide-react';
import { section } from '../section.ts';

export const traffic = section({
  label: 'Traffic',
  title: 'Test traffic',
  icon: Boxes,
  path: 'traffic',
  key: 'l',
  group: 'Try',
  noun: 'test traffic',
  needs: 'traffic',
  actions: [{ label: 'Start test traffic', needs: 'traffic.startProducer' }],
  paths: (own) => ({ traffic: own }),
});
