'use client';
// Everything around a cluster's pages: rail, banner, palette, shortcuts, the traffic drawer that any page can open.
import { type ReactNode, Suspense, useState } from 'react';
import { Toaster } from 'sonner';
import { ClusterProvider } from '../live/core/live-provider.tsx';
import { useClusters, useConnection, useIsSettled } from '../live/use-connection.ts';
import { Palette } from '../palette/palette.tsx';
import { rootOf } from '../sections.ts';
import { TrafficDrawer } from '../traffic/traffic-drawer.tsx';
import { Announcer } from '../ui/announce.tsx';
import { ButtonLink } from '../ui/button.tsx';
import { Empty } from '../ui/notice.tsx';
import { ConnectionBanner } from './connection.tsx';
import { BottomBar, TopBar } from './phone-bars.tsx';
import { Rail } from './rail.tsx';
import { ShortcutHelp, useShortcuts } from './shortcuts.tsx';
import { stepTheme } from './theme-toggle.tsx';
import { useWaitForServer } from './wait-for-server.ts';

/** Says on itself when everything the page asked for has arrived: the browser tests wait for that and look only then. */
function Main({ children }: { children: ReactNode }) {
  return (
    <main id="content" tabIndex={-1} data-settled={useIsSettled()} className="min-w-0 flex-1 outline-none">
      {children}
    </main>
  );
}

function Frame({ clusterId, children }: { clusterId: string; children: ReactNode }) {
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [isHelpOpen, setHelpOpen] = useState(false);
  const connection = useConnection();
  const clusters = useClusters();
  const { go, onClickCapture } = useWaitForServer();
  useShortcuts(
    go,
    () => setPaletteOpen(true),
    () => setHelpOpen(true),
  );
  const isUnknown = clusters.length > 0 && !clusters.some((cluster) => cluster.id === clusterId);
  return (
    <div
      className="flex min-h-dvh"
      data-lost={connection.phase === 'lost' || connection.phase === 'outdated'}
      onClickCapture={onClickCapture}
    >
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:left-3 focus:top-3 focus:z-50 focus:rounded focus:bg-s1 focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <Rail onPalette={() => setPaletteOpen(true)} />
      <div className="flex min-w-0 flex-1 flex-col max-sm:pb-16">
        <TopBar onPalette={() => setPaletteOpen(true)} />
        <ConnectionBanner />
        <Main>
          {isUnknown ? (
            <Empty
              isPage
              title={`There is no cluster “${clusterId}” here`}
              action={clusters.map((cluster) => (
                <ButtonLink key={cluster.id} href={rootOf(cluster.id)}>
                  Open {cluster.name}
                </ButtonLink>
              ))}
            >
              <p>The address names a cluster that this server does not serve.</p>
            </Empty>
          ) : (
            children
          )}
        </Main>
      </div>
      <BottomBar />
      <Suspense>
        <TrafficDrawer />
      </Suspense>
      <Palette
        isOpen={isPaletteOpen}
        onClose={() => setPaletteOpen(false)}
        onTheme={stepTheme}
        onHelp={() => setHelpOpen(true)}
      />
      <ShortcutHelp isOpen={isHelpOpen} onClose={() => setHelpOpen(false)} />
      <Announcer />
      <Toaster
        position="bottom-left"
        mobileOffset={{ bottom: 72 }}
        toastOptions={{
          unstyled: true,
          classNames: {
            toast:
              'flex w-full items-start gap-2 rounded border bg-s1 px-3 py-2.5 text-table text-ink-strong shadow-overlay',
            description: 'text-muted',
            actionButton: 'ml-auto shrink-0 font-medium text-accent hover:underline',
            success: '[&_[data-icon]]:text-ok',
            error: '[&_[data-icon]]:text-critical',
          },
        }}
      />
    </div>
  );
}

export function ClusterFrame({ clusterId, children }: { clusterId: string; children: ReactNode }) {
  return (
    <ClusterProvider id={clusterId}>
      <Frame clusterId={clusterId}>{children}</Frame>
    </ClusterProvider>
  );
}
