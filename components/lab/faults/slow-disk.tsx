'use client';
// Makes the disk of a node slow, and fast again.
import { type FormEvent, useState } from 'react';
import type { LabNodeRow } from '../../../server/live/contract.ts';
import { useCall } from '../../live/use-call.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { NumberField } from '../../ui/form.tsx';
import { Failure } from '../../ui/notice.tsx';
import { nameOf } from '../verbs.ts';

function SlowDiskForm({ node, onClose }: { node: LabNodeRow; onClose: () => void }) {
  const slow = useCall('lab.slowDisk', onClose);
  const [form, setForm] = useState({ appendMs: '20', flushMs: '200' });
  const name = nameOf(node);
  const formId = `slow-disk-${node.id}`;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    slow.mutate({ nodeId: node.id, disk: { appendMs: Number(form.appendMs), flushMs: Number(form.flushMs) } });
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Slow disk of ${node.role === 'controller' ? 'the ' : ''}${name}`}
      description="Every write of its logs takes longer, as on a disk that is worn out or shared."
      testId="lab-slow-disk"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button look="primary" type="submit" form={formId} isBusy={slow.isPending}>
            Slow down
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit} className="flex flex-col gap-3">
        <div className="grid grid-cols-2 gap-3">
          <NumberField
            label="More per append, ms"
            min={0}
            max={1000}
            value={form.appendMs}
            onChange={(appendMs) => setForm({ ...form, appendMs })}
          />
          <NumberField
            label="More per flush, ms"
            min={0}
            max={10000}
            value={form.flushMs}
            onChange={(flushMs) => setForm({ ...form, flushMs })}
          />
        </div>
        <p>
          The node stands still during each append, so all it leads and follows gets slow. With enough of it, the node
          falls out of sync or misses its heartbeats.
        </p>
        <Failure error={slow.error} />
      </form>
    </Dialog>
  );
}

export function SlowDisk({ node }: { node: LabNodeRow }) {
  const [isAsked, setIsAsked] = useState(false);
  const heal = useCall('lab.slowDisk');
  const name = nameOf(node);
  if (node.slowDisk !== null) {
    return (
      <Button
        size="sm"
        look="primary"
        aria-label={`Fast disk of ${name}`}
        isBusy={heal.isPending}
        onClick={() => heal.mutate({ nodeId: node.id, disk: null })}
      >
        Fast disk
      </Button>
    );
  }
  return (
    <>
      <Button size="sm" aria-label={`Slow disk of ${name}`} onClick={() => setIsAsked(true)}>
        Slow disk
      </Button>
      {isAsked ? <SlowDiskForm node={node} onClose={() => setIsAsked(false)} /> : null}
    </>
  );
}
