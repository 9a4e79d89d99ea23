'use client';
// One more broker, while everything runs on.
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { LabNodeRow } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/form.tsx';
import { Failure } from '../ui/notice.tsx';

export function AddBroker({ nodes, isDisabled }: { nodes: readonly LabNodeRow[]; isDisabled: boolean }) {
  const [isAsked, setIsAsked] = useState(false);
  const [rack, setRack] = useState('');
  const add = useCall('lab.addBroker', () => setIsAsked(false));
  const racks = [...new Set(nodes.flatMap((node) => node.rack ?? []))];
  return (
    <>
      <Button
        disabled={isDisabled}
        onClick={() => {
          add.reset();
          setIsAsked(true);
        }}
        icon={<Plus aria-hidden className="size-4" />}
      >
        Add broker
      </Button>
      {isAsked ? (
        <Dialog
          isOpen
          onClose={() => setIsAsked(false)}
          title="Add a broker"
          description="It joins the running cluster under the next id, on the next port."
          testId="lab-add-broker"
          footer={
            <>
              <Button onClick={() => setIsAsked(false)}>Leave it</Button>
              <Button
                look="primary"
                isBusy={add.isPending}
                onClick={() => add.mutate({ rack: rack.trim() === '' ? null : rack.trim() })}
              >
                Add broker
              </Button>
            </>
          }
        >
          <div className="flex flex-col gap-3">
            <TextField
              label="Rack"
              value={rack}
              onChange={(event) => setRack(event.target.value)}
              help={
                racks.length === 0
                  ? 'Leave it empty: the brokers of this cluster have no racks.'
                  : `Empty: the next in turn. In use: ${racks.join(', ')}.`
              }
            />
            <p>
              It starts without a partition. New topics use it at once; to move existing ones onto it, spread them on
              the page Reassign afterwards.
            </p>
            <Failure error={add.error} />
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
