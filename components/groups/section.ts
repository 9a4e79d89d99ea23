// What the rest of the dashboard knows of consumer groups.
import { Users } from 'lucide-react';
import { part, section } from '../section.ts';

export const groups = section({
  label: 'Groups',
  title: 'Groups',
  icon: Users,
  path: 'groups',
  key: 'g',
  group: 'Clients',
  noun: 'groups',
  needs: 'groups',
  phone: 3,
  pages: [{ path: ':group', noun: 'a group' }],
  paths: (own) => ({ groups: own, group: (groupId: string) => `${own}/${part(groupId)}` }),
});
