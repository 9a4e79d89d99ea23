// What the rest of the dashboard knows of reassignments. They belong to the brokers, though their address lies beside.
import { Shuffle } from 'lucide-react';
import { section } from '../section.ts';

export const reassign = section({
  label: 'Reassign',
  title: 'Reassign partitions',
  icon: Shuffle,
  path: 'reassign',
  key: null,
  group: 'Cluster',
  within: 'brokers',
  noun: 'reassignments',
  needs: 'reassign',
  actions: [{ label: 'Reassign partitions', needs: 'reassign.start' }],
  paths: (own) => ({ reassign: own }),
});
