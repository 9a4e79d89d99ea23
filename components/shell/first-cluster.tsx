'use client';
// The first page while the server has not yet named a cluster.
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { useClusters } from '../live/use-connection.ts';
import { rootOf } from '../sections.ts';
import { PageSkeleton } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';

/** Goes to the first cluster once the server has named it. */
export function FirstCluster() {
  const router = useRouter();
  const first = useClusters()[0];
  useEffect(() => {
    if (first) router.replace(rootOf(first.id));
  }, [first, router]);
  return (
    <Page>
      <PageSkeleton what="clusters" />
    </Page>
  );
}
