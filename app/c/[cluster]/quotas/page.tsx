import { Quotas } from '../../../../components/quotas/quotas.tsx';
import { quotasParams } from '../../../../components/quotas/quotas-params.ts';
import { quotas } from '../../../../components/quotas/section.ts';
import { titleOf } from '../../../../components/section.ts';
import { firstList, oneOf } from '../../../first-paint.ts';

interface Props {
  params: Promise<{ cluster: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export const metadata = titleOf(quotas);

export default async function QuotasPage({ params, searchParams }: Props) {
  const { cluster } = await params;
  const query = await searchParams;
  const wanted = quotasParams((name) => oneOf(query[name]));
  return <Quotas initial={await firstList(cluster, 'quotas', wanted)} />;
}
