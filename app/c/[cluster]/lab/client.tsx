'use client';
import { Lab } from '../../../../components/lab/lab.tsx';
import type { LabView } from '../../../../server/live/contract.ts';

export function LabClient({ initial }: { initial: LabView | null }) {
  return <Lab initial={initial} />;
}
