'use client';
// In place of a page whose API the brokers of the cluster do not have: says which, and since when Apache Kafka has it.
import { ButtonLink } from '../ui/button.tsx';
import { Empty } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { usePaths } from './use-connection.ts';

export function Unserved({ title, api, since }: { title: string; api: string; since: string }) {
  const paths = usePaths();
  return (
    <Page>
      <Empty isPage title={title} action={<ButtonLink href={paths.brokers}>Brokers</ButtonLink>}>
        <p>
          Its brokers do not serve {api} (Apache Kafka has it since {since}).
        </p>
      </Empty>
    </Page>
  );
}
