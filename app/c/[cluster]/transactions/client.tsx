'use client';
import { Transactions } from '../../../../components/transactions/transactions.tsx';
import type { FirstPaint } from '../../../../server/live/contract.ts';

export function TransactionsClient({ initial }: { initial: FirstPaint<'transactions'> }) {
  return <Transactions initial={initial} />;
}
