'use client';
// Replication throttles that nothing needs any more: they hold back every replica that has to catch up.
import { toast } from 'sonner';
import type { ReassignView } from '../../server/live/contract.ts';
import { useCall } from '../live/use-call.ts';
import { Button } from '../ui/button.tsx';
import { bytesPerSecond, plural } from '../ui/format.ts';
import { Failure, Notice } from '../ui/notice.tsx';

export function LeftThrottles({ left }: { left: ReassignView['leftThrottles'] }) {
  const remove = useCall('reassign.removeThrottles', ({ brokers, topics }) => {
    toast.success(`Throttle removed from ${plural(brokers, 'broker')} and ${plural(topics, 'topic')}`);
  });
  if (left === null) return null;
  const rates = left.brokers.flatMap(({ bytesPerSecond: rate }) => (rate === null ? [] : [rate]));
  const places = [
    left.brokers.length === 0
      ? ''
      : `${plural(left.brokers.length, 'broker')} (${left.brokers.map(({ id }) => id).join(', ')})`,
    left.topics.length === 0 ? '' : plural(left.topics.length, 'topic'),
  ].filter(Boolean);
  return (
    <Notice level="warn" testId="left-throttles">
      <p>
        A replication throttle{rates.length === 0 ? '' : ` of ${bytesPerSecond(Math.min(...rates))}`} is still set on{' '}
        {places.join(' and ')}, though nothing is being moved. It slows replicas down that have to catch up.
      </p>
      <div className="mt-2 flex flex-col items-start gap-2">
        <Button size="sm" isBusy={remove.isPending} onClick={() => remove.mutate({})}>
          Remove the throttle
        </Button>
        <Failure error={remove.error} />
      </div>
    </Notice>
  );
}
