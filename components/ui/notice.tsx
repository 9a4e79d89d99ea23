'use client';
// States of a page: notices, problems of a partial answer, empty, loading and failed.
import clsx from 'clsx';
import { CircleAlert, CircleCheck, CircleSlash, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

export type Level = 'ok' | 'notice' | 'warn' | 'critical' | 'offline';
const icons = { ok: CircleCheck, notice: Info, warn: TriangleAlert, critical: CircleAlert, offline: CircleSlash };
const tones: Record<Level, string> = {
  ok: 'text-ok bg-ok-soft',
  notice: 'text-notice bg-notice-soft',
  warn: 'text-warn bg-warn-soft',
  critical: 'text-critical bg-critical-soft',
  offline: 'text-offline bg-offline-soft',
};
const inks: Record<Level, string> = {
  ok: 'text-ok',
  notice: 'text-notice',
  warn: 'text-warn',
  critical: 'text-critical',
  offline: 'text-offline',
};

export function LevelIcon({ level, className }: { level: Level; className?: string }) {
  const Icon = icons[level];
  return <Icon aria-hidden className={clsx('size-4 shrink-0', inks[level], className)} />;
}

/** State as icon, word and colour together. */
export function StateWord({ level, children }: { level: Level; children: ReactNode }) {
  return (
    <span
      className={clsx(
        'inline-flex items-baseline gap-1 whitespace-nowrap rounded-sm px-1.5 py-0.5 text-caption font-medium',
        tones[level],
      )}
    >
      <LevelIcon level={level} className="size-3.5 self-center" />
      {children}
    </span>
  );
}

export function Notice({
  level,
  children,
  testId,
  isUrgent = false,
}: {
  level: Level;
  children: ReactNode;
  testId?: string;
  isUrgent?: boolean;
}) {
  return (
    <div
      role={isUrgent ? 'alert' : undefined}
      data-testid={testId}
      className={clsx('flex items-start gap-2 rounded px-3 py-2 text-table', tones[level])}
    >
      <LevelIcon level={level} className="mt-px" />
      <div className="min-w-0 flex-1 text-ink-strong">{children}</div>
    </div>
  );
}

/** What a partial answer lacks, one line each. */
export function Problems({ problems }: { problems: readonly { readonly sentence: string }[] | undefined }) {
  if (!problems || problems.length === 0) return null;
  return (
    <Notice level="warn" testId="problems">
      {problems.map((problem) => (
        <p key={problem.sentence}>{problem.sentence}</p>
      ))}
    </Notice>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** It stands for the whole page, so its title is the page's. */
  isPage?: boolean;
}
export function Empty({ title, children, action, isPage = false }: EmptyProps) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div data-testid="empty" className="mx-auto flex w-full min-w-0 max-w-2xl flex-col gap-3 px-4 py-10">
      <Heading className="text-section font-medium text-ink-strong">{title}</Heading>
      {children ? <div className="flex min-w-0 flex-col gap-3 text-ink">{children}</div> : null}
      {action ? <div className="flex flex-wrap gap-2">{action}</div> : null}
    </div>
  );
}

/** In place of an empty list while the cluster was never reached: nothing is known, so nothing is claimed. */
export function NotKnownYet({ what }: { what: string }) {
  return (
    <Empty title={`The ${what} are not known yet`}>
      <p>No broker has answered so far; the reason stands above. This page fills by itself as soon as one does.</p>
    </Empty>
  );
}

/** An error as an inline block: what happened, why, what to do. */
export function Failure({
  error,
  action,
}: {
  error: { name: string; message: string } | null | undefined;
  action?: ReactNode;
}) {
  if (!error) return null;
  return (
    <Notice level="critical" isUrgent testId="failure">
      <p>{error.message}</p>
      {/^[A-Z_]+$/.test(error.name) ? <p className="font-mono text-caption text-muted">{error.name}</p> : null}
      {action ? <div className="mt-2">{action}</div> : null}
    </Notice>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden
      data-loading
      className={clsx('animate-[pulse-soft_1.6s_ease-in-out_infinite] rounded-sm bg-s2', className)}
    />
  );
}

/** The shape of a page while its first data is on the way. */
export function PageSkeleton({ what }: { what: string }) {
  return (
    <div role="status" aria-busy="true" aria-label={`Loading ${what}`} className="flex flex-col gap-4">
      <Skeleton className="h-7 w-56" />
      <Skeleton className="h-4 w-80 max-w-full" />
      <div className="flex flex-col gap-2 pt-4">
        {[1, 2, 3, 4, 5, 6].map((row) => (
          <Skeleton key={row} className="h-9 w-full" />
        ))}
      </div>
    </div>
  );
}
