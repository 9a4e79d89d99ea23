'use client';
// The sections under their headings, as the rail shows them. They share the height there is: a row has 32 px while there is room and 24 px
// at the least, a heading gives way first, and only below that the list scrolls.
import clsx from 'clsx';
import { CircleSlash } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useId } from 'react';
import { grouped, isHere, type LinkGroup, type SectionLink, useSections } from '../live/use-sections.ts';

function Row({ link, isFirst, isCollapsed }: { link: SectionLink; isFirst: boolean; isCollapsed: boolean }) {
  const path = usePathname();
  const whyId = useId();
  const { section, href, lack } = link;
  const { label, icon: Icon, key } = section;
  const isOpen = isHere(link, path);
  return (
    <li className={clsx('min-h-6 flex-[0_1_32px]', isCollapsed && isFirst && 'border-t')}>
      <Link
        href={href}
        aria-current={isOpen ? 'page' : undefined}
        title={lack ?? (key === null ? label : `${label} (g ${key})`)}
        aria-describedby={lack === null ? undefined : whyId}
        className={clsx(
          'flex h-full items-center gap-2.5 rounded px-2',
          isOpen ? 'bg-accent-soft font-medium text-ink-strong' : 'hover:bg-s2',
          !isOpen && (lack === null ? 'text-ink' : 'text-muted'),
        )}
      >
        <Icon
          aria-hidden
          className={clsx('size-4 shrink-0', isOpen ? 'text-accent' : 'text-muted', lack !== null && 'opacity-50')}
        />
        <span className={isCollapsed ? 'sr-only' : 'min-w-0 flex-1 truncate'}>{label}</span>
        {lack === null || isCollapsed ? null : <CircleSlash aria-hidden className="size-3 shrink-0 text-offline" />}
      </Link>
      {lack === null ? null : (
        <span id={whyId} hidden>
          {lack}
        </span>
      )}
    </li>
  );
}

function Group({ group, isFirst, isCollapsed }: { group: LinkGroup; isFirst: boolean; isCollapsed: boolean }) {
  const headingId = useId();
  return (
    <>
      <p
        id={headingId}
        className={
          isCollapsed ? 'sr-only' : 'flex min-h-4 flex-[0_3_32px] items-end px-2 text-caption text-muted select-none'
        }
      >
        {group.name}
      </p>
      <ul aria-labelledby={headingId} className="contents">
        {group.links.map((link, index) => (
          <Row key={link.href} link={link} isFirst={index === 0 && !isFirst} isCollapsed={isCollapsed} />
        ))}
      </ul>
    </>
  );
}

export function SectionNav({ isCollapsed }: { isCollapsed: boolean }) {
  return (
    <nav aria-label="Sections" className="-mx-1 flex min-h-0 flex-1 flex-col overflow-x-hidden overflow-y-auto px-1">
      {grouped(useSections()).map((group, index) => (
        <Group key={group.name} group={group} isFirst={index === 0} isCollapsed={isCollapsed} />
      ))}
    </nav>
  );
}
