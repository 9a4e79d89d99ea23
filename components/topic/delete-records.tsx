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
  const chosen = partitions.flatMap((row) => {
    const text = before[row.partition] ?? '';
    return text === '' ? [] : [{ row, offset: Number(text) }];
  });
  const problemOf = (row: PartitionRow): string | null => {
    const text = before[row.partition] ?? '';
    if (text === '') return null;
    if (!/^\d{1,16}$/.test(text)) return 'A whole number';
    if (row.endOffset !== null && Number(text) > row.endOffset) return `At most ${row.endOffset}`;
    return null;
  };
  const lost = chosen.reduce((sum, { row, offset }) => sum + Math.max(0, offset - (row.startOffset ?? 0)), 0);
  const isBad = chosen.length === 0 || partitions.some((row) => problemOf(row) !== null);
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
            {chosen.length === 0 ? 'Delete records' : `Delete ${plural(lost, 'record')}`}
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
            {plural(hidden, 'more partition is', 'more partitions are')} not shown; {plural(chosen.length, 'offset')}{' '}
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
