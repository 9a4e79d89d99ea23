'use client';
// Takes a broker out of the cluster for good. While it holds replicas the way leads to draining it.
import { useState } from 'react';
import type { LabNodeRow } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { usePaths } from '../live/use-connection.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { plural } from '../ui/format.ts';
import { Failure, Notice } from '../ui/notice.tsx';
import { nameOf } from './verbs.ts';

export function RemoveBroker({ node }: { node: LabNodeRow }) {
  const paths = usePaths();
  const [isAsked, setIsAsked] = useState(false);
  const remove = useCall('lab.removeBroker', () => setIsAsked(false));
  const name = nameOf(node);
  const { replicas } = node;
  const isEmpty = replicas === 0;
  return (
    <>
      <Button
        size="sm"
        look="danger"
        aria-label={`Remove ${name}`}
        onClick={() => {
          remove.reset();
          setIsAsked(true);
        }}
      >
        Remove
      </Button>
      {isAsked ? (
        <Dialog
          isOpen
          onClose={() => setIsAsked(false)}
          title={`Remove ${name}`}
          description="It leaves the cluster for good, and its folder is deleted."
          testId="lab-remove"
          footer={
            <>
              <Button onClick={() => setIsAsked(false)}>Leave it</Button>
              {isEmpty ? (
                <Button look="danger" isBusy={remove.isPending} onClick={() => remove.mutate({ nodeId: node.id })}>
                  Remove {name}
                </Button>
              ) : (
                <ButtonLink look="primary" href={`${paths.reassign}?kind=drain&broker=${node.id}`}>
                  Drain {name} first
                </ButtonLink>
              )}
            </>
          }
        >
          <div className="flex flex-col gap-3">
            {isEmpty ? (
              <p>It holds no partition: nothing is lost with it.</p>
            ) : (
              <Notice level="warn" testId="lab-hits">
                <p>
                  {replicas === null
                    ? 'What it holds is not known at the moment.'
                    : `It holds replicas of ${plural(replicas, 'partition')}. They have to move to other brokers before it can go.`}
                </p>
              </Notice>
            )}
            <Failure error={remove.error} />
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
