'use client';
// Raises a topic's number of partitions, after saying what that does to keys.
import { type FormEvent, useState } from 'react';
import { toast } from 'sonner';
import { useCall } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { NumberField } from '../ui/form.tsx';
import { Failure, Notice } from '../ui/notice.tsx';

export function AddPartitions({ name, current, onClose }: { name: string; current: number; onClose: () => void }) {
  const add = useCall('topic.addPartitions');
  const [total, setTotal] = useState(String(current + 1));
  const isTooFew = Number(total) <= current;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isTooFew) return;
    add.mutate(
      { name, totalCount: Number(total) },
      {
        onSuccess: ({ totalCount }) => {
          toast.success(`${name} has ${totalCount} partitions now`);
          onClose();
        },
      },
    );
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Add partitions to ${name}`}
      testId="add-partitions-dialog"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="add-partitions" isBusy={add.isPending} disabled={isTooFew}>
            Add partitions
          </Button>
        </>
      }
    >
      <form id="add-partitions" onSubmit={submit} className="flex flex-col gap-4">
        <Notice level="warn">
          From then on keys map to other partitions: a key’s new records can land in another partition than its old
          ones, and their order is no longer kept. The number of partitions can never be lowered.
        </Notice>
        <NumberField
          label="Partitions in total"
          min={current + 1}
          max={10000}
          value={total}
          onChange={setTotal}
          help={`It has ${current} now.`}
          error={isTooFew && total !== '' ? `More than ${current} are needed.` : null}
        />
        <Failure error={add.error} />
      </form>
    </Dialog>
  );
}
