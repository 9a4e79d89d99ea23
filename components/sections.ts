// Every section of the dashboard, one line each, and what follows from the list: addresses, and which place an address is. Read by the shell,
// the palette, the hooks of components/live and the routes. A new section is a file beside its pages and a line here.
import { brokers } from './brokers/section.ts';
import { features } from './features/section.ts';
import { groups } from './groups/section.ts';
import { lab } from './lab/section.ts';
import { map } from './map/section.ts';
import { overview } from './overview/section.ts';
import { quotas } from './quotas/section.ts';
import { reassign } from './reassign/section.ts';
import type { Section } from './section.ts';
import { topics } from './topics/section.ts';
import { traffic } from './traffic/section.ts';
import { transactions } from './transactions/section.ts';
import { users } from './users/section.ts';

/** In the order in which the palette names them; below each heading of the rail, too. */
const listed = [
  overview,
  map,
  topics,
  groups,
  transactions,
  brokers,
  features,
  reassign,
  quotas,
  users,
  traffic,
  lab,
] as const;
export const sections: readonly Section[] = listed;

type Intersected<U> = (U extends unknown ? (each: U) => void : never) extends (all: infer I) => void ? I : never;
/** Every address below /c/<cluster> by name. */
export type Paths = Intersected<ReturnType<(typeof listed)[number]['paths']>>;

export const rootOf = (clusterId: string): string => `/c/${encodeURIComponent(clusterId)}`;

/** A section's own address. */
export const hrefOf = (clusterId: string, { path }: Pick<Section, 'path'>): string =>
  path === '' ? rootOf(clusterId) : `${rootOf(clusterId)}/${path}`;

export function pathsOf(clusterId: string): Paths {
  // No two sections name one path (a test sees to it), so that all of them together are what the type says.
  return Object.assign({}, ...listed.map((each) => each.paths(hrefOf(clusterId, each)))) as Paths;
}

export interface Place {
  readonly section: Section;
  /** What the page shows: the section's noun, or that of a page below it. */
  readonly noun: string;
  /** What lies above the page, the outermost first. */
  readonly above: readonly Section[];
}

/** The place of an address of the dashboard, as the browser has it; null where no section is. */
export function placeOf(pathname: string): Place | null {
  const [, , , first = '', ...rest] = pathname.replace(/\/+$/, '').split('/');
  const section = sections.find(({ path }) => path === first);
  if (section === undefined) return null;
  const page = section.pages?.find(({ path }) => fits(path.split('/'), rest));
  const outer = sections.filter(({ path }) => path === section.within);
  return {
    section,
    noun: rest.length > 0 && page !== undefined ? page.noun : section.noun,
    above: rest.length > 0 ? [...outer, section] : outer,
  };
}

const fits = (pattern: readonly string[], parts: readonly string[]): boolean =>
  pattern.length === parts.length && pattern.every((each, index) => each.startsWith(':') || each === parts[index]);
