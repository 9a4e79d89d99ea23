'use client';
import { Reassign } from '../../../../components/reassign/reassign.tsx';
import type { FirstPaint } from '../../../../server/live/contract.ts';

export function ReassignClient({ initial }: { initial: FirstPaint<'reassign'> }) {
  return <Reassign initial={initial} />;
}
