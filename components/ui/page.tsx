'use client';
// The frame of a page's content: breadcrumb, title, live facts, actions, tabs.
import clsx from 'clsx';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';

interface PageHeaderProps {
  crumbs?: readonly { readonly label: string; readonly href: string }[];
  title: string;
  isMono?: boolean;
  copies?: string;
  facts?: ReactNode;
  actions?: ReactNode;
  freshness?: ReactNode;
}

export function PageHeader({ crumbs = [], title, isMono = false, copies, facts, actions, freshness }: PageHeaderProps) {
  return (
    <header className="flex flex-col gap-2">
      {crumbs.length > 0 ? (
        <nav aria-label="Breadcrumb" className="text-caption text-muted">
          <ol className="flex flex-wrap gap-1">
            {crumbs.map((crumb) => (
              <li key={crumb.href} className="flex gap-1">
                <Link href={crumb.href} className="hover:text-accent hover:underline">
                  {crumb.label}
                </Link>
                <span aria-hidden>/</span>
              </li>
            ))}
          </ol>
        </nav>
      ) : null}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-1 basis-52 items-center gap-1">
          <h1
            className={clsx(
              'min-w-0 break-words text-title font-semibold text-ink-strong',
              isMono && 'font-mono tracking-tight',
            )}
          >
            {title}
          </h1>
          {copies === undefined ? null : <CopyButton text={copies} what="name" />}
        </div>
        {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
      </div>
      {facts || freshness ? (
        <div className="flex flex-wrap items-baseline gap-x-5 gap-y-1 text-table text-muted">
          {facts}
          {freshness}
        </div>
      ) : null}
    </header>
  );
}

/** One live fact: a value with its word. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span className="whitespace-nowrap">
      <span className="font-medium text-ink-strong num">{children}</span> {label}
    </span>
  );
}

/** Tabs that are pages of their own. */
export function LinkTabs({
  label,
  tabs,
}: {
  label: string;
  tabs: readonly { readonly label: string; readonly href: string; readonly count?: number | null }[];
}) {
  const path = usePathname();
  return (
    <nav aria-label={label} className="-mx-4 overflow-x-auto border-b px-4 sm:mx-0 sm:px-0">
      <ul className="flex gap-5">
        {tabs.map((tab) => {
          const isHere = decodeURIComponent(path) === decodeURIComponent(tab.href);
          return (
            <li key={tab.href}>
              <Link
                href={tab.href}
                aria-current={isHere ? 'page' : undefined}
                className={clsx(
                  '-mb-px flex h-9 items-center gap-1.5 border-b-2 whitespace-nowrap',
                  isHere ? 'border-accent font-medium text-ink-strong' : 'border-transparent text-muted hover:text-ink',
                )}
              >
                {tab.label}
                {tab.count === undefined || tab.count === null ? null : (
                  <span className="text-caption text-muted num">{tab.count}</span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

export function Section({
  title,
  aside,
  children,
  className,
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={clsx('flex min-w-0 flex-col gap-2', className)} aria-label={title}>
      <div className="flex min-h-7 flex-wrap items-center justify-between gap-2">
        <h2 className="text-base font-medium text-ink-strong">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** The body of every page. */
export function Page({ children }: { children: ReactNode }) {
  return <div className="mx-auto flex w-full max-w-[1400px] flex-col gap-5 px-4 py-4 sm:px-6 sm:py-5">{children}</div>;
}
