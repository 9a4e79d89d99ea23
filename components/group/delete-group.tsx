'use client';
// Deletes a group, or its offsets on one topic, after naming what is lost.
import { useState } from 'react';
import { toast } from 'sonner';
import type { GroupView } from '../../server/live/contract.ts';
import { ConfirmName } from '../live/confirm-name.tsx';
import { useCall } from '../live/use-call.ts';
import { SelectField } from '../ui/form.tsx';
import { plural } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';

export function DeleteGroup({
  view,
  onClose,
  onDeleted,
}: {
  view: GroupView;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const { groupId } = view.group;
  const remove = useCall('group.delete', () => {
    toast.success(`Group ${groupId} deleted`);
    onDeleted();
  });
  const committed = view.partitions.filter((row) => row.committedOffset !== null).length;
  const members = view.members.length;
  return (
    <ConfirmName
      isOpen
      onClose={onClose}
      title={`Delete group ${groupId}`}
      name={groupId}
      verb="Delete group"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate({ groupId })}
    >
      <Notice level="critical" testId="impact">
        <p>
          The committed offsets of {plural(committed, 'partition')} go. Consumers that come back begin where their
          auto.offset.reset says.
        </p>
      </Notice>
      {members > 0 ? (
        <Notice level="warn">
          The group has {plural(members, 'member')}: Kafka refuses to delete it until they are gone.
        </Notice>
      ) : null}
    </ConfirmName>
  );
}

export function DeleteOffsets({ view, onClose }: { view: GroupView; onClose: () => void }) {
  const remove = useCall('group.deleteOffsets');
  const { groupId } = view.group;
  const topics = [...new Set(view.partitions.map((row) => row.topic))];
  const [topic, setTopic] = useState(topics[0] ?? '');
  const committed = view.partitions.filter((row) => row.topic === topic && row.committedOffset !== null).length;
  return (
    <ConfirmName
      isOpen
      onClose={onClose}
      title={`Delete offsets of ${groupId} on a topic`}
      name={topic}
      verb="Delete offsets"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() =>
        remove.mutate(
          { groupId, topic },
          {
            onSuccess: ({ partitions }) => {
              toast.success(`Offsets of ${plural(partitions, 'partition')} deleted`);
              onClose();
            },
          },
        )
      }
    >
      <SelectField label="Topic" value={topic} onChange={(event) => setTopic(event.target.value)}>
        {topics.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </SelectField>
      <Notice level="critical">
        The committed offsets of {plural(committed, 'partition')} of <span className="font-mono">{topic}</span> go.
        Kafka refuses while a member reads the topic.
      </Notice>
    </ConfirmName>
  );
}
