import { titleOf } from '../../../../components/section.ts';
import { transactions } from '../../../../components/transactions/section.ts';
import { Transactions } from '../../../../components/transactions/transactions.tsx';
import { transactionsParams } from '../../../../components/transactions/transactions-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = titleOf(transactions);

export default async function TransactionsPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = transactionsParams((name) => oneOf(query[name]));
  return <Transactions initial={await firstList(cluster, 'transactions', wanted)} />;
}
