'use client';
// In place of a page that the cluster cannot fill: says why, in the server's words.
import { ButtonLink } from '../ui/button.tsx';
import { Empty } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { usePaths } from './use-connection.ts';

/** `why` is what useLack said. */
export function Unserved({ title, why }: { title: string; why: string }) {
  const paths = usePaths();
  return (
    <Page>
      <Empty isPage title={title} action={<ButtonLink href={paths.brokers}>Brokers</ButtonLink>}>
        <p>{why}</p>
      </Empty>
    </Page>
  );
}
