'use client';
// After a reset of offsets: what happened, and one click that takes it back. Kafka refuses it, with the reason, once members read again.
import { toast } from 'sonner';
import { useCall } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { plural } from '../ui/format.ts';
import { Failure, Notice } from '../ui/notice.tsx';
import type { ResetUndo } from './undo-of.ts';

export function UndoReset({ groupId, undo, onClose }: { groupId: string; undo: ResetUndo; onClose: () => void }) {
  const reset = useCall('group.resetOffsets');
  const moved = undo.offsets.length + undo.keptPartitions;
  const takeBack = () =>
    reset.mutate(
      { groupId, offsets: undo.offsets },
      {
        onSuccess: ({ changed }) => {
          toast.success(`Offsets of ${plural(changed, 'partition')} are back where they were`);
          onClose();
        },
      },
    );
  return (
    <Notice level="notice" testId="undo-reset">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 flex-1 basis-64">
          Offsets of {plural(moved, 'partition')} were moved.
          {undo.keptPartitions === 0
            ? null
            : ` ${plural(undo.keptPartitions, 'partition')} had none before and would keep the new one.`}
        </span>
        <Button size="sm" isBusy={reset.isPending} onClick={takeBack}>
          Undo the reset
        </Button>
        <Button size="sm" look="quiet" onClick={onClose}>
          Dismiss
        </Button>
      </div>
      <Failure error={reset.error} />
    </Notice>
  );
}
