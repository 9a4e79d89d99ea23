'use client';
// Left rail on wide screens, bottom bar on phones: cluster switcher, sections, connection, theme.
import { Menu as Base } from '@base-ui/react/menu';
import clsx from 'clsx';
import {
  Activity,
  ArrowLeftRight,
  Boxes,
  ChevronsUpDown,
  Ellipsis,
  FlaskConical,
  Gauge,
  KeyRound,
  Layers,
  Map as MapIcon,
  PanelLeftClose,
  PanelLeftOpen,
  Search,
  Server,
  Users,
} from 'lucide-react';
import Link from 'next/link';
import { usePathname, useRouter } from 'next/navigation';
import { useSyncExternalStore } from 'react';
import { useClusterId } from '../live/live-provider.tsx';
import { pathsOf, useCluster, useClusters, usePaths } from '../live/use-connection.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { ConnectionState } from './connection.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

const DESCRIBE_CLIENT_QUOTAS = 48;
const DESCRIBE_SCRAM_USERS = 50;
const COLLAPSED_KEY = 'barnabas.rail';
const watchers = new Set<() => void>();
const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};
function readCollapsed(): boolean {
  try {
    return localStorage.getItem(COLLAPSED_KEY) === 'collapsed';
  } catch {
    // Storage can be forbidden; the rail is then open.
    return false;
  }
}
function writeCollapsed(isCollapsed: boolean): void {
  try {
    localStorage.setItem(COLLAPSED_KEY, isCollapsed ? 'collapsed' : 'open');
  } catch (error) {
    console.warn('the rail cannot be remembered', error);
  }
  for (const watcher of watchers) watcher();
}

export function useSections() {
  const paths = usePaths();
  const { lab: hasLab = false, apis = {} } = useCluster()?.capabilities ?? {};
  // While nothing is known of the brokers nothing is taken away.
  const serves = (api: number) => Object.keys(apis).length === 0 || apis[api] !== undefined;
  return [
    { label: 'Overview', href: paths.overview, icon: Activity, keys: 'g o' },
    { label: 'Map', href: paths.map, icon: MapIcon, keys: 'g m' },
    { label: 'Topics', href: paths.topics, icon: Layers, keys: 'g t' },
    { label: 'Groups', href: paths.groups, icon: Users, keys: 'g g' },
    { label: 'Transactions', href: paths.transactions, icon: ArrowLeftRight, keys: 'g a' },
    { label: 'Brokers', href: paths.brokers, icon: Server, keys: 'g b' },
    ...(serves(DESCRIBE_CLIENT_QUOTAS) ? [{ label: 'Quotas', href: paths.quotas, icon: Gauge, keys: 'g q' }] : []),
    ...(serves(DESCRIBE_SCRAM_USERS) ? [{ label: 'Users', href: paths.users, icon: KeyRound, keys: 'g u' }] : []),
    { label: 'Traffic', href: paths.traffic, icon: Boxes, keys: 'g l' },
    ...(hasLab ? [{ label: 'Lab', href: paths.lab, icon: FlaskConical, keys: 'g x' }] : []),
  ];
}

/** Reassignments belong to the brokers, though their address lies beside. */
const sectionOf = (path: string): string => path.replace(/^(\/c\/[^/]+)\/reassign(?=\/|$)/, '$1/brokers');

const isWithin = (path: string, href: string, isRoot: boolean): boolean =>
  isRoot ? path === href : sectionOf(path) === href || sectionOf(path).startsWith(`${href}/`);

/** Without the two that look like a warning or an alarm. */
const clusterHues = [1, 3, 4, 5, 7, 8] as const;

/** A hue of its own for each cluster, so that nobody mistakes one for another. */
function clusterHue(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 997;
  return clusterHues[sum % clusterHues.length] ?? 1;
}

function ClusterSwitcher({ isCollapsed, isCompact = false }: { isCollapsed: boolean; isCompact?: boolean }) {
  const id = useClusterId();
  const cluster = useCluster();
  const clusters = useClusters();
  const router = useRouter();
  const name = cluster?.name ?? id;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={isCollapsed ? `${name}, switch cluster` : undefined}
          title="Switch cluster"
          className="flex w-full min-w-0 items-center gap-2 rounded border bg-s1 px-2 py-1.5 text-left hover:bg-s2"
        >
          <span
            aria-hidden
            className="size-2.5 shrink-0 rounded-sm"
            style={{ background: `var(--series-${clusterHue(id)})` }}
          />
          {isCollapsed ? null : (
            <>
              <span className="min-w-0 flex-1">
                <span className="block truncate font-medium text-ink-strong">{name}</span>
                {isCompact ? null : (
                  <span className="block truncate text-caption text-muted">
                    {cluster?.mode === 'external' ? 'external' : 'in this process'}
                  </span>
                )}
              </span>
              <ChevronsUpDown aria-hidden className="size-3.5 text-muted" />
            </>
          )}
        </button>
      }
      entries={clusters.map((each) => ({ label: each.name, onSelect: () => router.push(pathsOf(each.id).overview) }))}
    />
  );
}

export function Rail({ onPalette }: { onPalette: () => void }) {
  const path = usePathname();
  const sections = useSections();
  const paths = usePaths();
  const isCollapsed = useSyncExternalStore(watch, readCollapsed, () => false);
  return (
    <aside
      className={clsx(
        'sticky top-0 hidden h-dvh shrink-0 flex-col gap-4 border-r bg-s0 p-3 sm:flex',
        isCollapsed ? 'w-[58px]' : 'w-[232px]',
      )}
    >
      <Link
        href={paths.overview}
        className="flex h-8 items-center gap-2 px-1 text-section font-semibold tracking-tight text-ink-strong"
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
        className={isCollapsed ? '' : 'justify-start! text-muted!'}
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
      <nav aria-label="Sections" className="flex-1">
        <ul className="flex flex-col gap-0.5">
          {sections.map(({ label, href, icon: Icon, keys }) => {
            const isHere = isWithin(path, href, href === paths.overview);
            return (
              <li key={href}>
                <Link
                  href={href}
                  aria-current={isHere ? 'page' : undefined}
                  title={`${label} (${keys})`}
                  className={clsx(
                    'flex h-8 items-center gap-2.5 rounded px-2',
                    isHere ? 'bg-accent-soft font-medium text-ink-strong' : 'text-ink hover:bg-s2',
                  )}
                >
                  <Icon aria-hidden className={clsx('size-4 shrink-0', isHere ? 'text-accent' : 'text-muted')} />
                  <span className={isCollapsed ? 'sr-only' : ''}>{label}</span>
                </Link>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className={clsx('flex items-center gap-1', isCollapsed ? 'flex-col' : 'justify-between')}>
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

export function TopBar({ onPalette }: { onPalette: () => void }) {
  return (
    <div className="sticky top-0 z-20 flex h-12 items-center gap-2 border-b bg-s0 px-3 sm:hidden">
      <div className="min-w-0 max-w-[55%]">
        <ClusterSwitcher isCollapsed={false} isCompact />
      </div>
      <span className="flex-1" />
      <ThemeToggle />
      <Button
        look="quiet"
        size="icon"
        aria-label="Search and commands"
        onClick={onPalette}
        icon={<Search aria-hidden className="size-4" />}
      />
    </div>
  );
}

/** What a phone's bar has room for beside "More". */
const ON_PHONE = 4;
const phoneOrder = ['Overview', 'Topics', 'Groups', 'Brokers'];
const onBar = 'flex h-14 w-full flex-col items-center justify-center gap-0.5 text-caption';

/** The sections that do not fit: a menu of links above its button. */
function MoreSections({ sections }: { sections: ReturnType<typeof useSections> }) {
  const path = usePathname();
  const here = sections.find(({ href }) => isWithin(path, href, false));
  return (
    <Base.Root modal={false}>
      <Base.Trigger
        className={clsx(onBar, here === undefined ? 'text-muted' : 'font-medium text-accent')}
        data-testid="more-sections"
        aria-label={here === undefined ? 'More sections' : `More sections, ${here.label} is open`}
      >
        <Ellipsis aria-hidden className="size-5" />
        More
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner side="top" align="end" sideOffset={6} className="z-50">
          <Base.Popup className="min-w-52 rounded border bg-s1 py-1 shadow-overlay outline-none">
            {sections.map(({ label, href, icon: Icon }) => {
              const isHere = here?.href === href;
              return (
                <Base.LinkItem
                  key={href}
                  closeOnClick
                  render={<Link href={href} />}
                  aria-current={isHere ? 'page' : undefined}
                  className={clsx(
                    'flex h-11 cursor-pointer items-center gap-3 px-4 outline-none data-[highlighted]:bg-s2',
                    isHere ? 'font-medium text-ink-strong' : 'text-ink',
                  )}
                >
                  <Icon aria-hidden className={clsx('size-5', isHere ? 'text-accent' : 'text-muted')} />
                  {label}
                </Base.LinkItem>
              );
            })}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function BottomBar() {
  const path = usePathname();
  const all = useSections();
  const paths = usePaths();
  const first = all.filter(({ label }) => phoneOrder.includes(label)).slice(0, ON_PHONE);
  const rest = all.filter((section) => !first.includes(section));
  return (
    <nav
      aria-label="Sections"
      className="fixed inset-x-0 bottom-0 z-30 border-t bg-s1 pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      <ul className="grid auto-cols-fr grid-flow-col">
        {first.map(({ label, href, icon: Icon }) => {
          const isHere = isWithin(path, href, href === paths.overview);
          return (
            <li key={href} className="min-w-0">
              <Link
                href={href}
                aria-current={isHere ? 'page' : undefined}
                className={clsx(onBar, isHere ? 'font-medium text-accent' : 'text-muted')}
              >
                <Icon aria-hidden className="size-5" />
                {label}
              </Link>
            </li>
          );
        })}
        <li className="min-w-0">
          <MoreSections sections={rest} />
        </li>
      </ul>
    </nav>
  );
}
