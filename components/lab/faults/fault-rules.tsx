'use client';
// Fault rules in force, with the time they have left, and the way to a new one.
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { LabFaultRow, LabView } from '../../../server/live/contract.ts';
import { useCall } from '../../live/use-call.ts';
import { Button } from '../../ui/button.tsx';
import { plural } from '../../ui/format.ts';
import { useNow } from '../../ui/hooks/use-now.ts';
import { LevelIcon } from '../../ui/notice.tsx';
import { FaultForm } from './fault-form.tsx';

/** "4:05" */
function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function Row({ fault }: { fault: LabFaultRow }) {
  const end = useCall('lab.endFault');
  const nowMs = useNow();
  const left = fault.left === null ? '' : `, ${fault.left} to come`;
  return (
    <li
      data-testid="lab-fault"
      data-hits={fault.hits}
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b py-2 text-table last:border-b-0"
    >
      <span className="flex min-w-0 items-start gap-2">
        <LevelIcon level="warn" className="mt-0.5" />
        <span className="min-w-0">
          <span className="break-words text-ink-strong">{fault.sentence}</span>
          <span className="block text-caption text-muted num">
            {plural(fault.hits, 'request')} hit{left} · ends in{' '}
            <span className="inline-block w-[5ch]">{nowMs === null ? '' : countdown(fault.endsAtMs - nowMs)}</span>
          </span>
        </span>
      </span>
      <Button
        size="sm"
        isBusy={end.isPending}
        aria-label={`End now: ${fault.sentence}`}
        onClick={() => end.mutate({ id: fault.id })}
      >
        End now
      </Button>
    </li>
  );
}

export function FaultRules({ faults, faultApis }: Pick<LabView, 'faults' | 'faultApis'>) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <div className="flex flex-col gap-3 rounded border bg-s1 p-4">
      {faults.length === 0 ? (
        <p className="max-w-3xl text-table text-muted">
          None in force. A rule makes requests of clients slow, answers them with an error, or drops their connection:
          “Produce of orders-* takes 300 ms longer”, “Fetch is answered NOT_LEADER_OR_FOLLOWER, once”.
        </p>
      ) : (
        <ul>
          {faults.map((fault) => (
            <Row key={fault.id} fault={fault} />
          ))}
        </ul>
      )}
      <div>
        <Button size="sm" onClick={() => setIsAsked(true)} icon={<Plus aria-hidden className="size-4" />}>
          Add fault rule
        </Button>
      </div>
      {isAsked ? <FaultForm apis={faultApis} onClose={() => setIsAsked(false)} /> : null}
    </div>
  );
}
