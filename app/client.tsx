'use client';
import { useRouter } from 'next/navigation';
import { useEffect } from 'react';
import { pathsOf, useClusters } from '../components/live/use-connection.ts';
import { PageSkeleton } from '../components/ui/notice.tsx';
import { Page } from '../components/ui/page.tsx';

/** Goes to the first cluster once the server has named it. */
export function FirstCluster() {
  const router = useRouter();
  const first = useClusters()[0];
  useEffect(() => {
    if (first) router.replace(pathsOf(first.id).overview);
  }, [first, router]);
  return (
    <Page>
      <PageSkeleton what="clusters" />
    </Page>
  );
}
