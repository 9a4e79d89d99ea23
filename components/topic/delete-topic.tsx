'use client';
// Deletes a topic after naming what is lost.
import { toast } from 'sonner';
import { ConfirmName } from '../live/confirm-name.tsx';
import { useCall, useRead } from '../live/use-call.ts';
import { bytes, plural } from '../ui/format.ts';
import { Failure, Notice, Skeleton } from '../ui/notice.tsx';

export function DeleteTopic({
  name,
  onClose,
  onDeleted,
}: {
  name: string;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const impact = useRead('topic.impact', { name });
  const remove = useCall('topic.delete', () => {
    toast.success(`Topic ${name} deleted`);
    onDeleted();
  });
  const confirm = () => remove.mutate({ name });
  const groups = impact.data?.groups ?? [];
  return (
    <ConfirmName
      isOpen
      onClose={onClose}
      title={`Delete topic ${name}`}
      name={name}
      verb="Delete topic"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={confirm}
    >
      {impact.data ? (
        <Notice level="critical" testId="impact">
          <p>
            {impact.data.records === null
              ? 'All its records go'
              : `${plural(impact.data.records, 'record')} ${impact.data.records === 1 ? 'goes' : 'go'}`}
            {impact.data.sizeBytes === null ? '' : ` (${bytes(impact.data.sizeBytes)})`}, and there is no way back.
          </p>
          <p>
            {groups.length === 0
              ? 'No group reads it.'
              : `${plural(groups.length, 'group reads', 'groups read')} it and ${groups.length === 1 ? 'loses its' : 'lose their'} offsets:`}
          </p>
          {groups.length > 0 ? (
            <ul className="max-h-32 list-disc overflow-y-auto pl-5">
              {groups.map((group) => (
                <li key={group.groupId}>
                  <span className="font-mono">{group.groupId}</span>{' '}
                  <span className="text-muted">({group.state.toLowerCase()})</span>
                </li>
              ))}
            </ul>
          ) : null}
        </Notice>
      ) : impact.error ? (
        <Failure error={impact.error} />
      ) : (
        <Skeleton className="h-16 w-full" />
      )}
    </ConfirmName>
  );
}
