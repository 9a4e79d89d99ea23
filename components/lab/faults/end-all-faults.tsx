'use client';
// One button that makes everything sound again; only there while something is not.
import { Undo2 } from 'lucide-react';
import type { LabView } from '../../../server/live/contract.ts';
import { useCall } from '../../live/use-call.ts';
import { Button } from '../../ui/button.tsx';

export const countFaults = ({ links, faults, nodes }: Pick<LabView, 'links' | 'faults' | 'nodes'>): number =>
  links.length + faults.length + nodes.filter(({ slowDisk }) => slowDisk !== null).length;

export function EndAllFaults({ count }: { count: number }) {
  const end = useCall('lab.endAllFaults');
  if (count === 0) return null;
  return (
    <Button
      look="primary"
      isBusy={end.isPending}
      onClick={() => end.mutate({})}
      icon={<Undo2 aria-hidden className="size-4" />}
    >
      End all faults ({count})
    </Button>
  );
}
