'use client';
// What a route shows while it loads, when it fails and when it is not there.
import { usePathname } from 'next/navigation';
import { useEffect } from 'react';
import { placeOf } from '../sections.ts';
import { Button, ButtonLink } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Empty, PageSkeleton } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { isGoneCode } from './gone-code.ts';

/** The noun of the page in the address, as its section says it. */
const useNoun = (): string => placeOf(usePathname())?.noun ?? 'the page';

export function SectionLoading() {
  return (
    <Page>
      <PageSkeleton what={useNoun()} />
    </Page>
  );
}

interface Failed {
  error: Error & { digest?: string };
  reset: () => void;
}
export function SectionError(props: Failed) {
  return <RouteError {...props} what={useNoun()} />;
}

export function RouteError({ error, reset, what }: Failed & { what: string }) {
  useEffect(() => {
    console.error(error);
  }, [error]);
  if (isGoneCode(error))
    return (
      <div role="alert">
        <Empty
          isPage
          title="The dashboard was updated"
          action={
            <Button look="primary" onClick={() => window.location.reload()}>
              Reload the page
            </Button>
          }
        >
          <p>This page is older than the server and needs code that is no longer there. The cluster is not touched.</p>
        </Empty>
      </div>
    );
  return (
    <div role="alert">
      <Empty
        isPage
        title={`This page failed while it drew ${what}`}
        action={
          <>
            <Button look="primary" onClick={reset}>
              Try again
            </Button>
            <CopyButton
              text={() => `${error.message}\n${error.digest ?? ''}\n${error.stack ?? ''}`}
              what="details"
              isLabelled
            />
          </>
        }
      >
        <p>The cluster is not touched by this. The cause: {error.message}</p>
      </Empty>
    </div>
  );
}

export function RouteNotFound() {
  return (
    <Empty isPage title="There is no such page" action={<ButtonLink href="/">Go to the overview</ButtonLink>}>
      <p>The address may be misspelt, or what it named is gone.</p>
    </Empty>
  );
}
