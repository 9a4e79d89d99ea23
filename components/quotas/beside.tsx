'use client';
// What is open beside the list of quotas: one of them, that it is gone, or the form for a new one.
import type { QuotaRow, QuotasView } from '../../server/live/contract.ts';
import { entityOf, entityWords } from './entity.ts';
import { NewQuota } from './new-quota.tsx';
import { Quota, QuotaGone } from './quota.tsx';

export function Beside({
  view,
  id,
  from,
  canAlter,
  isPrevious,
  hrefOf,
  onClose,
}: {
  view: QuotasView;
  id: string;
  from: string;
  canAlter: boolean;
  isPrevious: boolean;
  hrefOf: (row: QuotaRow) => string;
  onClose: () => void;
}) {
  if (from !== '' && canAlter) return <NewQuota key={from} from={from} onClose={onClose} />;
  const isChosen = view.chosen?.id === id;
  if (id === '' || (isPrevious && !isChosen) || view.freshness.sampledAtMs === null) return null;
  if (view.chosen === null) {
    const entity = entityOf(id);
    return <QuotaGone words={entity === null ? id : entityWords(entity)} onClose={onClose} />;
  }
  return <Quota key={id} row={view.chosen} {...{ closer: view.closer, canAlter, hrefOf, onClose }} />;
}
