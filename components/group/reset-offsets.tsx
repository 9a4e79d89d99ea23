'use client';
// Moves a group's offsets on one topic: choose where to, see row by row what that means, then do it.
import { useEffect, useState } from 'react';
import { toast } from 'sonner';
import type { GroupView, ResetRow, ResetStrategy } from '../../server/live/contract.ts';
import { useCall, useRead } from '../live/use-call.ts';
import { useCluster } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { CopyBlock } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/form.tsx';
import { exact, plural, UNKNOWN } from '../ui/format.ts';
import { Failure, Notice, Skeleton } from '../ui/notice.tsx';
import { resetCommand } from './reset-command.ts';
import { type ResetUndo, undoOf } from './undo-of.ts';

const kinds = ['earliest', 'latest', 'offset', 'timestamp', 'shift'] as const;
type Kind = (typeof kinds)[number];
const kindLabels: Record<Kind, string> = {
  earliest: 'the earliest record',
  latest: 'the end of the log',
  offset: 'an offset',
  timestamp: 'a time',
  shift: 'a shift from where it is',
};

/** Null while what was typed is not a strategy yet. */
function strategyOf(kind: Kind, text: string): ResetStrategy | null {
  if (kind === 'earliest' || kind === 'latest') return { to: kind };
  if (kind === 'timestamp') {
    const timestampMs = new Date(text).getTime();
    return Number.isFinite(timestampMs) && timestampMs >= 0 ? { to: 'timestamp', timestampMs } : null;
  }
  const value = Number(text);
  if (!/^-?\d{1,16}$/.test(text) || !Number.isSafeInteger(value)) return null;
  if (kind === 'shift') return { to: 'shift', by: value };
  return value >= 0 ? { to: 'offset', offset: value } : null;
}

/** "1,200 read again", "3 skipped": what a move means for the consumer. */
function effectOf(row: ResetRow): string {
  if (row.readAgain === null) return UNKNOWN;
  if (row.readAgain === 0) return 'no change';
  return row.readAgain > 0 ? `${exact(row.readAgain)} read again` : `${exact(-row.readAgain)} skipped`;
}

/** Rows drawn; the summary counts them all. */
const PREVIEW_ROWS = 200;

function Preview({ rows }: { rows: readonly ResetRow[] }) {
  const again = rows.reduce((sum, row) => sum + Math.max(0, row.readAgain ?? 0), 0);
  const skipped = rows.reduce((sum, row) => sum + Math.max(0, -(row.readAgain ?? 0)), 0);
  return (
    <div className="flex flex-col gap-2">
      <p data-testid="reset-summary" className="text-table text-ink-strong num">
        {plural(again, 'record')} will be read again, {plural(skipped, 'record')} skipped.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <section className="max-h-64 overflow-auto border-y" tabIndex={0} aria-label="Preview">
        <table className="w-full text-table num">
          <thead className="sticky top-0 bg-s1 text-caption text-muted">
            <tr>
              <th className="py-1 text-left font-medium">Partition</th>
              <th className="px-3 text-right font-medium">Now</th>
              <th className="px-3 text-right font-medium">Then</th>
              <th className="text-left font-medium">Effect</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, PREVIEW_ROWS).map((row) => (
              <tr key={row.partition} className="border-t" data-testid="reset-row">
                <td className="py-1">{row.partition}</td>
                <td className="px-3 text-right font-mono text-caption">
                  {row.currentOffset === null ? <span className="font-sans text-muted">none</span> : row.currentOffset}
                </td>
                <td className="px-3 text-right font-mono text-caption">{row.newOffset}</td>
                <td>
                  {effectOf(row)}
                  {row.note === null ? null : <span className="block text-caption text-warn">{row.note}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > PREVIEW_ROWS ? (
        <p className="text-caption text-muted num">
          {plural(rows.length - PREVIEW_ROWS, 'more partition is', 'more partitions are')} moved the same way.
        </p>
      ) : null}
    </div>
  );
}

interface ResetOffsetsProps {
  view: GroupView;
  onClose: () => void;
  onReset: (undo: ResetUndo) => void;
}
export function ResetOffsets({ view, onClose, onReset }: ResetOffsetsProps) {
  const { groupId } = view.group;
  const topics = [...new Set(view.partitions.map((row) => row.topic))];
  const cluster = useCluster();
  const [topic, setTopic] = useState(topics[0] ?? '');
  const [kind, setKind] = useState<Kind>('earliest');
  const [text, setText] = useState('');
  const [partition, setPartition] = useState('');
  const strategy = strategyOf(kind, text);
  const partitions = partition === '' ? null : [Number(partition)];
  const preview = useRead(
    'group.previewReset',
    strategy === null || topic === '' ? null : { groupId, topic, partitions, strategy },
  );
  const reset = useCall('group.resetOffsets');
  const rows = preview.data?.rows ?? [];
  const memberCount = view.members.length;
  // Whether Kafka allows it hangs on the members: look again when they come or go.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the members' count is a reason.
  useEffect(() => {
    if (preview.data) void preview.refetch();
  }, [memberCount, view.group.state]);
  const isAllowed = preview.data?.isAllowed === true && rows.length > 0;
  const submit = () =>
    reset.mutate(
      { groupId, offsets: rows.map((row) => ({ topic: row.topic, partition: row.partition, offset: row.newOffset })) },
      {
        onSuccess: ({ changed }) => {
          toast.success(`Offsets of ${plural(changed, 'partition')} moved`);
          onReset(undoOf(rows));
          onClose();
        },
      },
    );
  return (
    <Dialog
      isOpen
      onClose={onClose}
      width="wide"
      title={`Reset offsets of ${groupId}`}
      testId="reset-dialog"
      footer={
        <>
          <Button
            onClick={() => void preview.refetch()}
            isBusy={preview.isFetching}
            disabled={strategy === null}
            className="mr-auto"
          >
            Check again
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" disabled={!isAllowed || preview.isFetching} isBusy={reset.isPending} onClick={submit}>
            Reset offsets
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Topic"
            value={topic}
            onChange={(event) => {
              setTopic(event.target.value);
              setPartition('');
            }}
          >
            {topics.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </SelectField>
          <SelectField label="Partitions" value={partition} onChange={(event) => setPartition(event.target.value)}>
            <option value="">all</option>
            {view.partitions
              .filter((row) => row.topic === topic)
              .map((row) => (
                <option key={row.partition} value={row.partition}>
                  {row.partition}
                </option>
              ))}
          </SelectField>
          <SelectField
            label="Move to"
            value={kind}
            onChange={(event) => {
              setKind(kinds.find((each) => each === event.target.value) ?? 'earliest');
              setText('');
            }}
          >
            {kinds.map((each) => (
              <option key={each} value={each}>
                {kindLabels[each]}
              </option>
            ))}
          </SelectField>
          {kind === 'offset' ? (
            <TextField
              label="Offset"
              inputMode="numeric"
              value={text}
              onChange={(event) => setText(event.target.value.trim())}
            />
          ) : null}
          {kind === 'shift' ? (
            <TextField
              label="Shift by"
              inputMode="numeric"
              value={text}
              onChange={(event) => setText(event.target.value.trim())}
              help="Negative: back, to read again. Positive: forward, to skip."
            />
          ) : null}
          {kind === 'timestamp' ? (
            <TextField
              label="Time"
              type="datetime-local"
              step={1}
              value={text}
              onChange={(event) => setText(event.target.value)}
              help="The first record at or after it, in your time zone."
            />
          ) : null}
        </div>
        {preview.data && !preview.data.isAllowed ? (
          <Notice level="critical" isUrgent testId="reset-refusal">
            {preview.data.refusal ?? 'Kafka does not allow this now.'}
          </Notice>
        ) : null}
        {preview.data ? (
          <Preview rows={rows} />
        ) : preview.error ? (
          <Failure error={preview.error} />
        ) : strategy === null ? (
          <p className="text-table text-muted">Fill in the field above to see what would change.</p>
        ) : (
          <Skeleton className="h-24 w-full" />
        )}
        <Failure error={reset.error} />
        {strategy === null ? null : (
          <div className="flex flex-col gap-1">
            <p className="text-caption text-muted">The same with Kafka’s own tool:</p>
            <CopyBlock
              what="command"
              text={resetCommand({
                bootstrapServers: cluster?.bootstrapServers ?? [],
                groupId,
                topic,
                partitions,
                strategy,
              })}
            />
          </div>
        )}
      </div>
    </Dialog>
  );
}
