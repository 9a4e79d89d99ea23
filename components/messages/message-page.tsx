'use client';
// One message at its own address.
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useRead } from '../live/use-call.ts';
import { useCrumbs, usePaths } from '../live/use-connection.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { Failure, PageSkeleton } from '../ui/notice.tsx';
import { Page, PageHeader } from '../ui/page.tsx';
import { RecordDetail } from './record-detail.tsx';

export function MessagePage({ topic, partition, offset }: { topic: string; partition: number; offset: number }) {
  const paths = usePaths();
  const crumbs = useCrumbs();
  const read = useRead('record.get', { topic, partition, offset }, 60_000);
  return (
    <Page>
      <PageHeader
        crumbs={[...crumbs, { label: topic, href: paths.topic(topic) }]}
        title={`Partition ${partition}, offset ${offset}`}
        actions={
          <>
            {offset > 0 ? (
              <ButtonLink
                href={paths.message(topic, partition, offset - 1)}
                icon={<ChevronLeft aria-hidden className="size-4" />}
              >
                Offset before
              </ButtonLink>
            ) : null}
            <ButtonLink href={paths.message(topic, partition, offset + 1)}>
              Next offset
              <ChevronRight aria-hidden className="size-4" />
            </ButtonLink>
          </>
        }
      />
      {read.data ? (
        <RecordDetail key={`${partition}:${offset}`} topic={topic} record={read.data} />
      ) : read.error ? (
        <Failure
          error={read.error}
          action={
            <span className="flex flex-wrap gap-2">
              <Button size="sm" onClick={() => void read.refetch()}>
                Try again
              </Button>
              <ButtonLink size="sm" href={`${paths.topic(topic)}?from=offset&at=${offset}&p=${partition}`}>
                Messages from this offset on
              </ButtonLink>
            </span>
          }
        />
      ) : (
        <PageSkeleton what="message" />
      )}
    </Page>
  );
}
