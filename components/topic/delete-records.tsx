'use client';
// Deletes the records before an offset, partition by partition.
import { useState } from 'react';
import { toast } from 'sonner';
import type { PartitionRow } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/form.tsx';
import { exact, plural } from '../ui/format.ts';
import { Failure, Notice } from '../ui/notice.tsx';

/** Why `text` is no offset before which `endOffset` lets records be deleted; null: it is one, or nothing is written. */
export function offsetProblem(text: string, endOffset: number | null): string | null {
  if (text === '') return null;
  if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text))) return 'A whole number';
  return endOffset !== null && Number(text) > endOffset ? `At most ${endOffset}` : null;
}

/** Fields drawn at once; a partition beyond them is found by its number. */
const SHOWN_PARTITIONS = 50;

export function DeleteRecords({
  name,
  partitions,
  onClose,
}: {
  name: string;
  partitions: readonly PartitionRow[];
  onClose: () => void;
}) {
  const remove = useCall('topic.deleteRecords');
  const [find, setFind] = useState('');
  const [before, setBefore] = useState<Readonly<Record<number, string>>>({});
  const problemOf = (row: PartitionRow): string | null => offsetProblem(before[row.partition] ?? '', row.endOffset);
  const filledIn = partitions.filter((row) => (before[row.partition] ?? '') !== '');
  const isBad = filledIn.length === 0 || filledIn.some((row) => problemOf(row) !== null);
  const chosen = isBad ? [] : filledIn.map((row) => ({ row, offset: Number(before[row.partition]) }));
  const offsets = chosen.reduce((sum, { row, offset }) => sum + Math.max(0, offset - (row.startOffset ?? 0)), 0);
  const shown = partitions.filter((row) => String(row.partition).startsWith(find)).slice(0, SHOWN_PARTITIONS);
  const hidden = partitions.length - shown.length;
  const fill = (pick: (row: PartitionRow) => number | null) =>
    setBefore(
      Object.fromEntries(
        partitions.flatMap((row) => {
          const offset = pick(row);
          return offset === null ? [] : [[row.partition, String(offset)]];
        }),
      ),
    );
  const submit = () =>
    remove.mutate(
      { name, before: chosen.map(({ row, offset }) => ({ partition: row.partition, offset })) },
      {
        onSuccess: ({ partitions: results }) => {
          if (results.some((result) => result.error !== null)) return;
          toast.success(`Records deleted from ${plural(results.length, 'partition')}`);
          onClose();
        },
      },
    );
  const failed = remove.data?.partitions.filter((result) => result.error !== null) ?? [];
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="wide"
      title={`Delete records of ${name}`}
      description="Everything before the offset goes, for good. Partitions left empty stay as they are."
      testId="delete-records-dialog"
      footer={
        <>
          <Button onClick={onClose}>Keep them</Button>
          <Button look="danger" disabled={isBad} isBusy={remove.isPending} onClick={submit}>
            {isBad ? 'Delete records' : `Delete at most ${plural(offsets, 'record')}`}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap items-center gap-2">
          {partitions.length > SHOWN_PARTITIONS ? (
            <TextField
              label="Find a partition"
              isBare
              type="search"
              inputMode="numeric"
              placeholder="Find a partition"
              value={find}
              onChange={(event) => setFind(event.target.value.trim())}
              className="w-44"
            />
          ) : null}
          <Button size="sm" onClick={() => fill((row) => row.endOffset)}>
            Fill in the ends
          </Button>
          <Button size="sm" onClick={() => setBefore({})}>
            Clear
          </Button>
        </div>
        <ul className="flex flex-col gap-2">
          {shown.map((row) => (
            <li key={row.partition} className="flex flex-wrap items-center gap-x-4 gap-y-1">
              <span className="num w-56 text-table">
                Partition {row.partition}
                <span className="block text-caption text-muted">
                  holds {exact(row.startOffset)} to {exact(row.endOffset)}
                </span>
              </span>
              <TextField
                label={`Partition ${row.partition}: delete before offset`}
                isBare
                inputMode="numeric"
                placeholder="before offset"
                value={before[row.partition] ?? ''}
                onChange={(event) => setBefore({ ...before, [row.partition]: event.target.value.trim() })}
                error={problemOf(row)}
              />
            </li>
          ))}
        </ul>
        {hidden > 0 ? (
          <p className="text-caption text-muted num" data-testid="hidden-partitions">
            {plural(hidden, 'more partition is', 'more partitions are')} not shown; {plural(filledIn.length, 'offset')}{' '}
            filled in over all.
          </p>
        ) : null}
        {failed.length > 0 ? (
          <Notice level="critical" isUrgent>
            {failed.map((result) => (
              <p key={result.partition}>
                Partition {result.partition}: {result.error?.message}
              </p>
            ))}
          </Notice>
        ) : null}
        <Failure error={remove.error} />
      </div>
    </Dialog>
  );
}
