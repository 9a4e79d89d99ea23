'use client';
// Partitions without a leader: why, what would bring one back without loss, and the way out that loses records.
import { useState } from 'react';
import { toast } from 'sonner';
import type { PartitionRow } from '../../server/live/contract.ts';
import { ActionButton } from '../live/action-button.tsx';
import { ConfirmName } from '../live/confirm-name.tsx';
import { useCall } from '../live/use-call.ts';
import { useChannel } from '../live/use-channel.ts';
import { plural } from '../ui/format.ts';
import { Failure, Notice } from '../ui/notice.tsx';
import { type Leaderless, leaderlessFacts, lossSentences } from './loss.ts';

function Confirm({ name, facts, onClose }: { name: string; facts: Leaderless; onClose: () => void }) {
  const elect = useCall('topic.electAnyway', ({ elected, left }) => {
    if (left.length > 0) return;
    toast.success(`${plural(elected, 'partition')} of ${name} can be read and written again`);
    onClose();
  });
  const left = elect.data?.left ?? [];
  return (
    <ConfirmName
      isOpen
      onClose={onClose}
      title="Elect a leader anyway"
      name={name}
      verb="Elect anyway"
      isBusy={elect.isPending}
      error={elect.error}
      onConfirm={() => elect.mutate({ name, partitions: [...facts.electable] })}
    >
      <Notice level="critical" testId="loss">
        {lossSentences(facts).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </Notice>
      {left.length === 0 ? null : (
        <Failure
          error={{
            name: '',
            message: left
              .slice(0, 3)
              .map(({ reason }) => reason)
              .join(' '),
          }}
        />
      )}
    </ConfirmName>
  );
}

export function LeaderlessPartitions({ name, partitions }: { name: string; partitions: readonly PartitionRow[] }) {
  const { data } = useChannel('brokers', {});
  const [isAsked, setIsAsked] = useState(false);
  const up = data ? new Set(data.rows.filter(({ isUp }) => isUp).map(({ id }) => id)) : null;
  const facts = leaderlessFacts(partitions, up);
  const count = facts.partitions.length;
  const them = count === 1 ? 'it' : 'them';
  return (
    <Notice level="critical" testId="leaderless">
      <p>
        {plural(count, 'partition has', 'partitions have')} no leader: nobody can read or write {them}.
        {facts.down.length === 0
          ? ''
          : ` Start ${facts.down.length === 1 ? `broker ${facts.down[0]}` : `brokers ${facts.down.join(', ')}`} and, when a replica in sync is there, a leader is elected without loss.`}
      </p>
      {facts.electable.length === 0 ? null : (
        <div className="mt-2">
          <ActionButton needs="topic.electAnyway" size="sm" look="danger" onClick={() => setIsAsked(true)}>
            Elect a leader anyway
          </ActionButton>
        </div>
      )}
      {isAsked && facts.electable.length > 0 ? (
        <Confirm name={name} facts={facts} onClose={() => setIsAsked(false)} />
      ) : null}
    </Notice>
  );
}
