// What the rest of the dashboard knows of transactions.
import { ArrowLeftRight } from 'lucide-react';
import { part, section } from '../section.ts';

export const transactions = section({
  label: 'Transactions',
  title: 'Transactions',
  icon: ArrowLeftRight,
  path: 'transactions',
  key: 'a',
  group: 'Clients',
  noun: 'transactions',
  needs: 'transactions',
  paths: (own) => ({ transactions: own, transaction: (id: string) => `${own}?id=${part(id)}` }),
});
