import { quotasParams } from '../../../../components/quotas/quotas-params.ts';
import { firstList, oneOf } from '../../../first-paint.ts';
import { QuotasClient } from './client.tsx';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = { title: 'Quotas' };

export default async function QuotasPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = quotasParams((name) => oneOf(query[name]));
  return <QuotasClient initial={await firstList(cluster, 'quotas', wanted)} />;
}
