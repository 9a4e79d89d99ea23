'use client';
// What a phone has in place of the rail: a bar at the top with cluster, theme and search, and one at the bottom with the first sections
// and a sheet of the others.
import { Menu as Base } from '@base-ui/react/menu';
import clsx from 'clsx';
import { CircleSlash, Ellipsis, Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { grouped, isHere, type SectionLink, useSections } from '../live/use-sections.ts';
import { Button } from '../ui/button.tsx';
import { ClusterSwitcher } from './cluster-switcher.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

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

const onBar = 'flex h-14 w-full flex-col items-center justify-center gap-0.5 text-caption';

function MoreItem({ link, isOpen }: { link: SectionLink; isOpen: boolean }) {
  const { section, href, lack } = link;
  const { label, icon: Icon } = section;
  return (
    <Base.LinkItem
      closeOnClick
      render={<Link href={href} />}
      aria-current={isOpen ? 'page' : undefined}
      aria-description={lack ?? undefined}
      className={clsx(
        'flex h-11 min-w-0 cursor-pointer items-center gap-3 rounded px-3 outline-none data-[highlighted]:bg-s2',
        isOpen ? 'font-medium text-ink-strong' : lack === null ? 'text-ink' : 'text-muted',
      )}
    >
      <Icon
        aria-hidden
        className={clsx('size-5 shrink-0', isOpen ? 'text-accent' : 'text-muted', lack !== null && 'opacity-50')}
      />
      <span className="min-w-0 truncate">{label}</span>
      {lack === null ? null : <CircleSlash aria-hidden className="size-3 shrink-0 text-offline" />}
    </Base.LinkItem>
  );
}

/** The sections that do not fit: a sheet of links above its button, under the headings of the rail. */
function MoreSections({ links }: { links: readonly SectionLink[] }) {
  const path = usePathname();
  const here = links.find((link) => isHere(link, path));
  return (
    <Base.Root modal={false}>
      <Base.Trigger
        className={clsx(onBar, here === undefined ? 'text-muted' : 'font-medium text-accent')}
        data-testid="more-sections"
        aria-label={here === undefined ? 'More sections' : `More sections, ${here.section.label} is open`}
      >
        <Ellipsis aria-hidden className="size-5" />
        More
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner side="top" align="end" sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup
            data-testid="more-sheet"
            className="max-h-[calc(100dvh-5rem)] w-[calc(100vw-1rem)] max-w-[420px] overflow-y-auto rounded border bg-s1 p-1 shadow-overlay outline-none"
          >
            {grouped(links).map((group) => (
              <Base.Group key={group.name} className="grid grid-cols-2">
                <Base.GroupLabel className="col-span-2 px-3 pt-1.5 text-caption text-muted">
                  {group.name}
                </Base.GroupLabel>
                {group.links.map((link) => (
                  <MoreItem key={link.href} link={link} isOpen={link === here} />
                ))}
              </Base.Group>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const placeOnBar = ({ section: { phone } }: SectionLink): number => phone ?? Number.POSITIVE_INFINITY;

export function BottomBar() {
  const path = usePathname();
  const all = useSections();
  const onIt = all.filter(({ section }) => section.phone !== undefined);
  return (
    <nav
      aria-label="Sections"
      className="fixed inset-x-0 bottom-0 z-30 border-t bg-s1 pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      <ul className="grid auto-cols-fr grid-flow-col">
        {onIt
          .toSorted((a, b) => placeOnBar(a) - placeOnBar(b))
          .map((link) => {
            const { label, icon: Icon } = link.section;
            const isOpen = isHere(link, path);
            return (
              <li key={link.href} className="min-w-0">
                <Link
                  href={link.href}
                  aria-current={isOpen ? 'page' : undefined}
                  className={clsx(onBar, isOpen ? 'font-medium text-accent' : 'text-muted')}
                >
                  <Icon aria-hidden className="size-5" />
                  {label}
                </Link>
              </li>
            );
          })}
        <li className="min-w-0">
          <MoreSections links={all.filter(({ section }) => section.phone === undefined)} />
        </li>
      </ul>
    </nav>
  );
}
