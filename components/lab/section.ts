// What the rest of the dashboard knows of the lab.
import { FlaskConical } from 'lucide-react';
import { section } from '../section.ts';

export const lab = section({
  label: 'Lab',
  title: 'Lab',
  icon: FlaskConical,
  path: 'lab',
  key: 'x',
  group: 'Try',
  noun: 'lab',
  needs: 'lab',
  paths: (own) => ({ lab: own }),
});
