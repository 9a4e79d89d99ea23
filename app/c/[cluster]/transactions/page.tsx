import { transactionsParams } from '../../../../components/transactions/transactions-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';
import { TransactionsClient } from './client.tsx';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = { title: 'Transactions' };

export default async function TransactionsPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = transactionsParams((name) => oneOf(query[name]));
  return <TransactionsClient initial={await firstList(cluster, 'transactions', wanted)} />;
}
