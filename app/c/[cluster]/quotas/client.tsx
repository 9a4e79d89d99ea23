'use client';
import { Quotas } from '../../../../components/quotas/quotas.tsx';
import type { FirstPaint } from '../../../../server/live/contract.ts';

export function QuotasClient({ initial }: { initial: FirstPaint<'quotas'> }) {
  return <Quotas initial={initial} />;
}
