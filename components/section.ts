// What a section of the dashboard is: all that anybody outside its subject knows of it. Each is written once, in
// components/<subject>/section.ts, and listed in sections.ts; rail, phone bar, shortcuts and their help, palette, titles, crumbs, addresses,
// and the words while a page loads or after it failed all come from there. Nothing here draws or asks anything.
import type { LucideIcon } from 'lucide-react';
import type { CallName, ChannelName } from '../server/live/contract.ts';

/** The headings of the rail, in their order. */
export const sectionGroups = ['Watch', 'Data', 'Clients', 'Cluster', 'Access', 'Try'] as const;
export type SectionGroup = (typeof sectionGroups)[number];

/** An address, or how to make one of the names of a thing. */
export type PathTable = Readonly<Record<string, string | ((...parts: never[]) => string)>>;

export interface SectionAction {
  /** As a command: "Create a topic". */
  readonly label: string;
  /** What follows the section's address: "?create=1". */
  readonly query?: string;
  /** The call it leads to. */
  readonly needs?: CallName;
}

/** A page below a section's first one. */
export interface SectionPage {
  /** Below the section's address; a part that begins with ":" stands for any name. */
  readonly path: string;
  /** As in "Loading …" and "failed while it drew …". */
  readonly noun: string;
}

/** What the palette offers while a page of one thing is open. */
export interface ThingEntry {
  readonly kind: 'Action' | 'Page';
  readonly label: (name: string) => string;
  readonly href: (name: string) => string;
}

export interface Section<P extends PathTable = PathTable> {
  /** In the rail and on the phone bar, where room is short. */
  readonly label: string;
  /** On its page, in the window's title, the palette and the list of shortcuts. */
  readonly title: string;
  readonly icon: LucideIcon;
  /** Its part of the address below the cluster's; empty for the first page of a cluster. */
  readonly path: string;
  /** Pressed after "g". */
  readonly key: string | null;
  readonly group: SectionGroup;
  /** The path of the section that it belongs to: it has no place of its own in rail, bar and list of pages. */
  readonly within?: string;
  readonly noun: string;
  /** The channel without which its page has nothing to show: where a cluster lacks it, the section is greyed and its page says why. */
  readonly needs: ChannelName;
  /** Its place on the phone bar; what has none is under "More". */
  readonly phone?: 1 | 2 | 3 | 4;
  readonly pages?: readonly SectionPage[];
  readonly actions?: readonly SectionAction[];
  /** By the parameter of the route that names the thing. */
  readonly ofThing?: {
    readonly parameter: string;
    readonly entries: (own: string) => readonly ThingEntry[];
  };
  /** The addresses of its things below its own. */
  readonly paths: (own: string) => P;
}

/** Keeps the exact names of the paths, so that a misspelt one is a type error. */
export const section = <const P extends PathTable>(declared: Section<P>): Section<P> => declared;

/** A name as one part of an address. */
export const part = (name: string | number): string => encodeURIComponent(name);

/** What the window's title says: the thing first, then where it is. */
export const titleOf = ({ title }: Pick<Section, 'title'>, ...of: readonly string[]): { title: string } => ({
  title: [...of, title].join(' · '),
});
