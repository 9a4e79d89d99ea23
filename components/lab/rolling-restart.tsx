'use client';
// Begins a rolling restart, shows how far it is, and cancels it.
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import type { LabAction } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { plural } from '../ui/format.ts';
import { Failure } from '../ui/notice.tsx';

function stepText({ step, brokerId, waitsForPartitions, isCancelling }: LabAction): string {
  if (isCancelling) return 'Ending after this step';
  if (step === 'stopping') return `Stopping broker ${brokerId}`;
  if (step === 'starting') return `Starting broker ${brokerId}`;
  return waitsForPartitions === 0
    ? 'Waiting until all is in sync'
    : `Waiting for ${plural(waitsForPartitions, 'partition')} to be in sync`;
}

function Progress({ action }: { action: LabAction }) {
  const cancel = useCall('lab.cancel');
  return (
    <div data-testid="lab-rolling" className="flex flex-wrap items-center gap-3 text-table">
      <label className="flex flex-wrap items-center gap-2">
        <span className="num">
          {stepText(action)} · {action.done} of {action.total} restarted
        </span>
        <progress className="h-2 w-32 accent-(--accent-fill)" max={action.total} value={action.done} />
      </label>
      <Button size="sm" disabled={action.isCancelling} onClick={() => cancel.mutate({})}>
        Cancel
      </Button>
    </div>
  );
}

export function RollingRestart({
  action,
  canStart,
  brokers,
}: {
  action: LabAction | null;
  canStart: boolean;
  brokers: number;
}) {
  const [isAsked, setIsAsked] = useState(false);
  const begin = useCall('lab.rollingRestart', () => setIsAsked(false));
  if (action !== null) return <Progress action={action} />;
  return (
    <>
      <Button
        disabled={!canStart}
        title={canStart ? undefined : 'Start the brokers that are down first'}
        onClick={() => setIsAsked(true)}
        icon={<RotateCw aria-hidden className="size-4" />}
      >
        Rolling restart
      </Button>
      {isAsked ? (
        <Dialog
          isOpen
          onClose={() => setIsAsked(false)}
          title="Rolling restart"
          description="The way upgrades go."
          testId="lab-rolling-confirm"
          footer={
            <>
              <Button onClick={() => setIsAsked(false)}>Leave it</Button>
              <Button look="primary" isBusy={begin.isPending} onClick={() => begin.mutate({})}>
                Restart {plural(brokers, 'broker')}
              </Button>
            </>
          }
        >
          <p>
            Each broker stops in order and starts again, the next one only when every partition has a leader and all its
            replicas in sync. Partitions with a single replica pause while their broker is away.
          </p>
          <Failure error={begin.error} />
        </Dialog>
      ) : null}
    </>
  );
}
