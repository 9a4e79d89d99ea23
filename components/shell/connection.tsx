'use client';
// Says whether live updates arrive: a line in the rail, and a banner once they have stopped.
import clsx from 'clsx';
import { useLiveCore } from '../live/core/live-provider.tsx';
import { useConnection } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { relative } from '../ui/format.ts';
import { useNow } from '../ui/hooks/use-now.ts';
import { LevelIcon } from '../ui/notice.tsx';

const words = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting', outdated: 'Reload needed' } as const;
const dots = {
  connecting: 'border-line-strong',
  live: 'border-ok bg-ok',
  lost: 'border-warn',
  outdated: 'border-critical bg-critical',
} as const;

export function ConnectionState() {
  const { phase } = useConnection();
  return (
    <span
      data-testid="connection-state"
      data-state={phase}
      className="inline-flex items-center gap-1.5 text-caption text-muted"
    >
      <span aria-hidden className={clsx('size-2 rounded-full border-[1.5px]', dots[phase])} />
      {words[phase]}
    </span>
  );
}

export function ConnectionBanner() {
  const connection = useConnection();
  const core = useLiveCore();
  const nowMs = useNow();
  if (connection.phase === 'outdated') {
    return (
      <div
        role="alert"
        className="flex flex-wrap items-center gap-2 border-b bg-critical-soft px-4 py-2 text-table text-ink-strong sm:px-6"
      >
        <LevelIcon level="critical" />
        <span className="flex-1">The server was updated and this page is older than it.</span>
        <Button size="sm" onClick={() => window.location.reload()}>
          Reload the page
        </Button>
      </div>
    );
  }
  if (connection.phase !== 'lost') return null;
  const age = nowMs === null ? 'just now' : relative(connection.sinceMs, Math.max(nowMs, connection.sinceMs + 1000));
  return (
    <div
      data-testid="connection-banner"
      className="flex flex-wrap items-center gap-2 border-b bg-warn-soft px-4 py-2 text-table text-ink-strong sm:px-6"
    >
      <LevelIcon level="warn" />
      <span className="num flex-1">
        <span role="alert">Live updates stopped</span> {age}; reconnecting. Numbers below are from before that.
      </span>
      <Button size="sm" onClick={() => core.reconnectNow()}>
        Try now
      </Button>
    </div>
  );
}
