'use client';
// Left rail on wide screens: cluster switcher, search, sections, connection, theme.
import clsx from 'clsx';
import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react';
import Link from 'next/link';
import { usePaths } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { ClusterSwitcher } from './cluster-switcher.tsx';
import { useIsCollapsed, writeCollapsed } from './collapsed.ts';
import { ConnectionState } from './connection.tsx';
import { SectionNav } from './section-nav.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

export function Rail({ onPalette }: { onPalette: () => void }) {
  const paths = usePaths();
  const isCollapsed = useIsCollapsed();
  return (
    <aside
      data-testid="rail"
      className={clsx(
        'sticky top-0 hidden h-dvh shrink-0 flex-col gap-2 border-r bg-s0 px-3 py-1.5 sm:flex',
        isCollapsed ? 'w-[58px]' : 'w-[232px]',
      )}
    >
      <Link
        href={paths.overview}
        className="flex h-7 shrink-0 items-center gap-2 px-1 text-section font-semibold tracking-tight text-ink-strong"
        aria-label="Barnabas, overview"
      >
        <svg aria-hidden viewBox="0 0 24 24" className="size-6 shrink-0">
          <rect x="1" y="1" width="22" height="22" rx="6" fill="var(--accent-fill)" />
          <path
            d="M7 5.5v13M7 12h5.2a3.1 3.1 0 1 0 0-6.2H7M7 12h6a3.2 3.2 0 1 1 0 6.4H7"
            fill="none"
            stroke="var(--on-accent)"
            strokeWidth="1.9"
          />
        </svg>
        {isCollapsed ? null : 'Barnabas'}
      </Link>
      <ClusterSwitcher isCollapsed={isCollapsed} />
      <Button
        size={isCollapsed ? 'icon' : 'md'}
        className={clsx('shrink-0', !isCollapsed && 'justify-start! text-muted!')}
        onClick={onPalette}
        aria-label={isCollapsed ? 'Search and commands' : undefined}
        data-testid="open-palette"
        icon={<Search aria-hidden className="size-4" />}
      >
        {isCollapsed ? null : (
          <>
            <span className="flex-1 text-left font-normal">Search</span>
            <kbd className="font-mono text-caption">Ctrl K</kbd>
          </>
        )}
      </Button>
      <SectionNav isCollapsed={isCollapsed} />
      <div className={clsx('flex shrink-0 items-center gap-1', isCollapsed ? 'flex-col' : 'justify-between')}>
        {isCollapsed ? (
          <span className="sr-only">
            <ConnectionState />
          </span>
        ) : (
          <ConnectionState />
        )}
        <span className={clsx('flex', isCollapsed && 'flex-col')}>
          <ThemeToggle />
          <Button
            look="quiet"
            size="icon"
            aria-label={isCollapsed ? 'Open the side bar' : 'Collapse the side bar'}
            onClick={() => writeCollapsed(!isCollapsed)}
            icon={
              isCollapsed ? (
                <PanelLeftOpen aria-hidden className="size-4" />
              ) : (
                <PanelLeftClose aria-hidden className="size-4" />
              )
            }
          />
        </span>
      </div>
    </aside>
  );
}
