'use client';
// The two things that can be done to a transaction, each after naming what it hits: end it in one partition, fence its producer.
import { toast } from 'sonner';
import type { TransactionRow } from '../../server/live/contract.ts';
import { ConfirmName } from '../live/confirm-name.tsx';
import { useCall } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { plural } from '../ui/format.ts';
import { Failure, Notice } from '../ui/notice.tsx';
import { fencingHits } from './explain.ts';

export interface Abortable {
  readonly topic: string;
  readonly partition: number;
  readonly producerId: string;
  readonly transactionalId: string | null;
  readonly startOffset: number;
  readonly heldBack: number | null;
  readonly doubt: string | null;
}

export function AbortTransaction({ what, onClose }: { what: Abortable; onClose: () => void }) {
  const abort = useCall('transaction.abort', () => {
    toast.success(`Transaction aborted in partition ${what.partition} of ${what.topic}`);
    onClose();
  });
  const { topic, partition, producerId, startOffset, heldBack, transactionalId, doubt } = what;
  return (
    <ConfirmName
      isOpen
      onClose={onClose}
      title="Abort a transaction"
      name={topic}
      verb="Abort transaction"
      isBusy={abort.isPending}
      error={abort.error}
      onConfirm={() => abort.mutate({ topic, partition, producerId, startOffset })}
    >
      <Notice level="critical" testId="abort-hits">
        <p>
          What producer id <span className="num font-mono">{producerId}</span>
          {transactionalId === null ? '' : ` (${transactionalId})`} wrote into partition {partition} of{' '}
          <span className="font-mono">{topic}</span> from offset <span className="num">{startOffset}</span> on is
          dropped: readers of committed records never see it, and there is no way back.
        </p>
        {heldBack === null || heldBack === 0 ? null : (
          <p>{plural(heldBack, 'held record')} there can be read on or skipped at once.</p>
        )}
        {doubt === null ? (
          <p>
            Its coordinator still runs this transaction. If it commits afterwards, other partitions keep what this one
            lost. Fence the producer instead, unless you know better.
          </p>
        ) : (
          <p>{doubt}</p>
        )}
      </Notice>
    </ConfirmName>
  );
}

export function FenceProducer({ row, onClose }: { row: TransactionRow; onClose: () => void }) {
  const fence = useCall('transaction.fence', ({ producerEpoch }) => {
    toast.success(`${row.transactionalId} is at epoch ${producerEpoch} now; its former producer is fenced`);
    onClose();
  });
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title="Fence the producer"
      description={<span className="font-mono break-all">{row.transactionalId}</span>}
      testId="fence-dialog"
      footer={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="danger"
            isBusy={fence.isPending}
            onClick={() => fence.mutate({ transactionalId: row.transactionalId })}
          >
            Fence producer
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Notice level="warn" testId="fence-hits">
          {fencingHits(row).map((sentence) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </Notice>
        <Failure error={fence.error} />
      </div>
    </Dialog>
  );
}
