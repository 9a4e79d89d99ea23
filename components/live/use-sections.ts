'use client';
import { type Section, type SectionGroup, sectionGroups } from '../section.ts';
// The sections as links of the cluster in the address, each with why this cluster cannot fill it. Read by rail, phone bar, shortcuts
// and palette.
import { hrefOf, placeOf, sections } from '../sections.ts';
import { useClusterId } from './core/live-provider.tsx';
import { useLacks } from './use-lack.ts';

export interface SectionLink {
  readonly section: Section;
  readonly href: string;
  /** Why its page has nothing to show here; null: it has. */
  readonly lack: string | null;
}

/** All of them, in their order, those that belong to another one too. */
export function useSections(): readonly SectionLink[] {
  const id = useClusterId();
  const lacks = useLacks();
  return sections.map((section) => ({ section, href: hrefOf(id, section), lack: lacks[section.needs] ?? null }));
}

export interface LinkGroup {
  readonly name: SectionGroup;
  readonly links: readonly SectionLink[];
}

/** Those with a place of their own, under their headings; a heading without any is left out. */
export const grouped = (links: readonly SectionLink[]): readonly LinkGroup[] =>
  sectionGroups
    .map((name) => ({ name, links: links.filter(({ section: { group, within } }) => group === name && !within) }))
    .filter((group) => group.links.length > 0);

/** Whether the page of an address is in the section, or in one that belongs to it. */
export function isHere({ section }: SectionLink, pathname: string): boolean {
  const open = placeOf(pathname)?.section;
  return open !== undefined && (open.path === section.path || open.within === section.path);
}
