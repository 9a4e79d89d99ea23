// Which brokers a data folder has, as it remembers them in <folder>/brokers.json: brokers may have been added and removed since the
// first start, so `--brokers` alone does not say. Used by data-folder.ts; the decisions are pure.
import { join } from 'node:path';
import { hostDisk } from './disk.ts';

const FILE = 'brokers.json';
const LAYOUT_VERSION = 1;
/** An id is part of a port and of a folder's name. */
const MAX_ID = 60_000;

export interface BrokerPlace {
  /** From 1; gaps are brokers that were removed. */
  readonly id: number;
  /** The rack it was added with; null: the one the command line gives it. */
  readonly rack: string | null;
}
export interface Roster {
  /** What --brokers said at the last start: said again, it changes nothing. */
  readonly asked: number;
  /** The highest id ever given: ids are not given twice, since the cluster may remember them. */
  readonly lastId: number;
  /** Lowest id first. */
  readonly brokers: readonly BrokerPlace[];
}

/** Null: there is none. Throws SyntaxError when it is none of ours. */
export function readRoster(folder: string): Roster | null {
  const bytes = hostDisk.read(join(folder, FILE));
  if (bytes === null) return null;
  const { version, asked, lastId, brokers } = (JSON.parse(bytes.toString('utf8')) ?? {}) as Record<string, unknown>;
  const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const isPlace = (value: unknown): value is BrokerPlace => {
    const { id, rack } = (value ?? {}) as Partial<BrokerPlace>;
    return isId(id) && id >= 1 && id <= MAX_ID && (rack === null || typeof rack === 'string');
  };
  const isWhole = version === LAYOUT_VERSION && isId(asked) && isId(lastId) && Array.isArray(brokers);
  if (!isWhole || !brokers.every(isPlace) || brokers.length === 0) throw new SyntaxError('not a list of brokers');
  return { asked, lastId, brokers: brokers.toSorted((a: BrokerPlace, b: BrokerPlace) => a.id - b.id) };
}

export function writeRoster(folder: string, roster: Roster): void {
  hostDisk.replace(join(folder, FILE), `${JSON.stringify({ version: LAYOUT_VERSION, ...roster }, null, 1)}\n`);
}

/**
 * What a start with `--brokers asked` makes of what is there. The number of the last start, or the number there is, changes nothing;
 * a higher one adds brokers; a lower one cannot take any away: 'tooFew'.
 */
export function rosterFor(before: Roster | null, found: readonly number[], asked: number): Roster | 'tooFew' {
  const known = before ?? rosterOf(found);
  const count = known.brokers.length;
  if (asked === known.asked || asked === count) return { ...known, asked };
  if (asked < count) return 'tooFew';
  let roster: Roster = { ...known, asked };
  while (roster.brokers.length < asked) roster = withBroker(roster, null);
  return roster;
}

/** A folder from before there were rosters, or a new one. */
function rosterOf(found: readonly number[]): Roster {
  const brokers = found.toSorted((a, b) => a - b).map((id) => ({ id, rack: null }));
  return { asked: 0, lastId: brokers.at(-1)?.id ?? 0, brokers };
}

/** With one more, under the next id. */
export function withBroker(roster: Roster, rack: string | null): Roster {
  const id = roster.lastId + 1;
  return { ...roster, lastId: id, brokers: [...roster.brokers, { id, rack }] };
}

/** Its id is free again only when it never joined. */
export function withoutBroker(roster: Roster, id: number, hasJoined: boolean): Roster {
  const brokers = roster.brokers.filter((broker) => broker.id !== id);
  return { ...roster, brokers, lastId: !hasJoined && id === roster.lastId ? id - 1 : roster.lastId };
}
