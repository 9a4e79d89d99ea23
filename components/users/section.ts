// What the rest of the dashboard knows of users.
import { KeyRound } from 'lucide-react';
import { part, section } from '../section.ts';

export const users = section({
  label: 'Users',
  title: 'Users',
  icon: KeyRound,
  path: 'users',
  key: 'u',
  group: 'Access',
  noun: 'users',
  needs: 'users',
  actions: [{ label: 'Create a user', query: '?new=1', needs: 'user.setPassword' }],
  paths: (own) => ({ users: own, user: (name: string) => `${own}?name=${part(name)}` }),
});
